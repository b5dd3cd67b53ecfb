"""Browser push: encrypted as RFC 8291 says, signed as RFC 8292 says, to a push service of ours.

The services of browser makers are out of reach here: a server of ours stands in for one, and opens
what it is sent with the browser's own key.
"""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from plateward.notices import browsers, deliver, push, spread, word
from plateward.notices.above import Above
from plateward.notices.models import Delivery, Subscription
from plateward.notices.post import WrongAddress
from tests.notices.receiver import Receiver

CITY = "willard-mo"
RAISED = word.alert_raised(7, city=CITY, category="stolen_vehicle")


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


def private(said: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(said)), ec.SECP256R1())


@dataclass
class Browser:
    """What a browser holds of a subscription; it opens as the standard tells a browser to."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"sixteen bytes ok"

    @property
    def point(self) -> bytes:
        public = self.key.public_key()
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, str]:
        return {
            "endpoint": self.endpoint,
            "p256dh": text(self.point),
            "auth": text(self.auth),
        }

    def opened(self, body: bytes) -> bytes:
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\0" + self.point + theirs
        secret = HKDF(SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        return plain[:-1]


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    """RFC 8291, section 5 and appendix A."""
    receiver = private("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
    body = push.encrypted(
        b"When I grow up, I want to be a watermelon",
        receiver.public_key(),
        raw("BTBZMqHH6r4Tts7J_aSIgg"),
        sender=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
        "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB"
        "St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.django_db
class TestSent:
    @pytest.fixture
    def browser(self, endpoint: Receiver) -> Browser:
        browser = Browser(f"{endpoint.url}/push/abc")
        browsers.add(1, "session-of-1", browser.subscription, by="ana")
        return browser

    def tell(self, nobody: Above, **told: Any) -> None:
        everyone = {"hear": lambda _city, who: frozenset(each.id for each in who), **told}
        above = replace(nobody, **everyone)
        word.tell(RAISED)
        spread.spread(above, now=timezone.now())
        while deliver.deliver_one(above, now=timezone.now()):
            pass

    def test_the_browser_alone_can_read_it_and_it_holds_no_plate(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        self.tell(nobody, plate=lambda *_: "TST4821")
        path, headers, body = endpoint.got[0]
        assert (path, headers["Content-Encoding"]) == ("/push/abc", "aes128gcm")
        assert headers["Urgency"] == "high"
        assert int(headers["TTL"]) <= 3600
        said = json.loads(browser.opened(body))
        assert set(said) == {"id", "title", "body", "link"}
        assert said["title"] == "Hotlist alert, not verified"
        assert said["body"].startswith("Stolen vehicle.")
        assert "TST4821" not in json.dumps(said)

    def test_the_push_service_can_tell_that_we_sent_it(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        self.tell(nobody)
        scheme, _, rest = endpoint.got[0][1]["Authorization"].partition(" ")
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        signed, _, signature = said["t"].rpartition(".")
        claims = json.loads(raw(signed.partition(".")[2]))
        assert (scheme, said["k"], claims["aud"]) == ("vapid", push.public_key(), endpoint.url)
        now = timezone.now().timestamp()
        assert now < claims["exp"] <= now + 24 * 3600
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(said["k"]))
        halves = (raw(signature)[:32], raw(signature)[32:])
        r, s = (int.from_bytes(half) for half in halves)
        point.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))

    def test_who_may_not_see_alerts_hears_nothing(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        self.tell(nobody, hear=lambda *_: frozenset())
        assert endpoint.got == []
        assert Subscription.objects.count() == 1, "they may elsewhere"

    def test_who_lost_the_right_meanwhile_hears_nothing(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        answers = [frozenset({Subscription.objects.get().pk}), frozenset[int]()]
        self.tell(nobody, hear=lambda *_: answers.pop(0))
        assert (endpoint.got, Delivery.objects.count()) == ([], 0)

    def test_a_browser_whose_session_is_over_is_forgotten(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        self.tell(nobody, ended=lambda who: frozenset(each.id for each in who))
        assert (endpoint.got, Subscription.objects.count()) == ([], 0)

    def test_one_that_unsubscribed_at_its_maker_is_forgotten(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        endpoint.answers = [410]
        self.tell(nobody)
        assert (len(endpoint.got), Subscription.objects.count()) == (1, 0)

    def test_news_of_an_hour_ago_is_given_up(
        self, browser: Browser, endpoint: Receiver, nobody: Above
    ) -> None:
        endpoint.answers = [503]
        self.tell(nobody)
        everyone = replace(nobody, hear=lambda _city, who: frozenset(each.id for each in who))
        deliver.deliver_one(everyone, now=timezone.now() + timedelta(hours=2))
        assert Delivery.objects.get().state == "dead"

    def test_the_same_browser_belongs_to_who_asked_last(
        self, browser: Browser, endpoint: Receiver
    ) -> None:
        browsers.add(2, "session-of-2", browser.subscription, by="ben")
        assert [each.person for each in browsers.listeners()] == [2]

    @pytest.mark.parametrize(
        "wrong", [{"p256dh": text(b"\x04" + b"x" * 64)}, {"auth": "AAAA"}, {"endpoint": "ftp://x"}]
    )
    def test_what_no_browser_sends_is_refused(
        self, browser: Browser, wrong: dict[str, str]
    ) -> None:
        with pytest.raises(WrongAddress):
            browsers.add(3, "session-of-3", {**browser.subscription, **wrong}, by="cy")
