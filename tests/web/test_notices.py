"""The pages of notices: channels of a city, and a person's own browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.hotlists import telling
from plateward.notices import browsers, channels, deliver, push, spread, word
from plateward.notices.models import Delivery
from plateward.notices.word import Event
from plateward.people import sessions
from plateward.people.models import Person
from tests import cast
from tests.cast import CARSON, WILLARD
from tests.notices import receiver
from tests.web import seats

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = f"/manage/{CARSON}/notices/"
SUBSCRIPTION = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7V"
    "d8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.fixture(autouse=True)
def _cities(settings: Any) -> None:
    settings.NOTICE_HOSTS = ["127.0.0.1"]
    cast.adopt_all()


@pytest.fixture
def endpoint() -> Iterator[receiver.Receiver]:
    with receiver.running() as there:
        yield there


@pytest.fixture
def hana() -> Client:
    return seats.at_the_keyboard("hana")


def set_up(client: Client, url: str, **told: Any) -> Any:
    said = {"name": "cad", "events": ["alert.verified", "fault.opened"], "url": url, **told}
    return client.post(f"{PAGE}new/webhook/", said)


def test_a_webhook_is_set_up_and_its_secret_is_shown_once(
    hana: Client, endpoint: receiver.Receiver
) -> None:
    answer = set_up(hana, f"{endpoint.url}/a-secret-path").content.decode()
    secret = re.search(r'class="long">([^<]+)<', answer)
    assert secret is not None
    page = hana.get(PAGE).content.decode()
    assert secret[1] not in page
    assert "a-secret-path" not in page
    assert endpoint.url in page
    assert "No plate leaves" in page
    tried = hana.post(f"{PAGE}change/", {"do": "test", "name": "cad"}, follow=True)
    assert "The test got through." in tried.content.decode()
    assert len(endpoint.got) == 1


def test_a_wrong_address_is_told_of_and_nothing_is_set_up(hana: Client) -> None:
    answer = set_up(hana, "http://inside.example.com/")
    assert answer.status_code == 400
    assert "PLATEWARD_NOTICE_HOSTS" in answer.content.decode()
    assert channels.of(CARSON) == []


def test_what_is_down_is_shown_and_what_was_given_up_is_sent_again(
    hana: Client, endpoint: receiver.Receiver
) -> None:
    endpoint.answers = [503]
    set_up(hana, endpoint.url)
    word.tell(word.Word(Event.FAULT_OPENED, CARSON, "fault:1", "/duties/", {"fault": "1"}))
    spread.spread(telling.above(), now=timezone.now())
    deliver.deliver_one(telling.above(), now=timezone.now())
    page = hana.get(PAGE).content.decode()
    assert "Nothing gets out" in page
    assert "The answer was 503." in page
    Delivery.objects.update(state="dead", done_at=timezone.now())
    assert "Given up" in hana.get(PAGE).content.decode()
    told = hana.post(f"{PAGE}change/", {"do": "resend"}, follow=True).content.decode()
    assert "Notices that wait to be sent again: 1." in told
    assert Delivery.objects.get().state == "waiting"


def test_a_new_key_a_closed_channel_and_nonsense(hana: Client, endpoint: receiver.Receiver) -> None:
    set_up(hana, endpoint.url)
    before = channels.one(CARSON, "cad").key
    change = f"{PAGE}change/"
    assert hana.post(change, {"do": "rotate", "name": "cad", "leaked": "on"}).status_code == 200
    after = channels.one(CARSON, "cad")
    assert (after.key != before, after.old_key_until) == (True, None)
    for nonsense in ({"do": "explode", "name": "cad"}, {}, {"do": "test", "name": "none"}):
        assert hana.post(change, nonsense).status_code in {302, 404}
    assert hana.get(f"{PAGE}new/pigeon/").status_code == 404
    hana.post(change, {"do": "close", "name": "cad"})
    assert channels.of(CARSON) == []


def test_who_may_not_configure_the_city_sees_nothing_of_it(endpoint: receiver.Receiver) -> None:
    said = {"url": endpoint.url}
    channels.add(CARSON, "webhook", "cad", said=said, events=[Event.ALERT_VERIFIED], by="clerk")
    gus = seats.at_the_keyboard("gus")
    for answer in (gus.get(PAGE), set_up(gus, endpoint.url, name="mine")):
        assert answer.status_code == 403
        assert endpoint.url not in answer.content.decode()
    assert gus.post(f"{PAGE}change/", {"do": "close", "name": "cad"}).status_code == 403
    assert len(channels.of(CARSON)) == 1


class TestBrowser:
    """Notices in one's own browser."""

    def on(self, client: Client, endpoint: receiver.Receiver) -> Any:
        said = {**SUBSCRIPTION, "endpoint": f"{endpoint.url}/push"}
        return client.post("/account/notices/", said, follow=True)

    def raised(self, city: str = WILLARD, alert: int = 7) -> None:
        above = telling.above()
        word.tell(word.alert_raised(alert, city=city, category="stolen_vehicle"))
        spread.spread(above, now=timezone.now())
        while deliver.deliver_one(above, now=timezone.now()):
            pass

    def test_who_may_see_alerts_hears_of_those_of_their_cities(
        self, endpoint: receiver.Receiver
    ) -> None:
        told = self.on(seats.at_the_keyboard("ana"), endpoint)
        assert "until you sign out" in told.content.decode()
        self.raised(CARSON, alert=8)
        assert endpoint.got == []
        self.raised()
        assert len(endpoint.got) == 1

    def test_who_may_not_is_refused(self, endpoint: receiver.Receiver) -> None:
        """Her training has lapsed; nothing is set up."""
        answer = self.on(seats.at_the_keyboard("ben"), endpoint)
        assert answer.status_code == 403
        assert browsers.listeners() == []

    def test_whose_standing_ends_hears_nothing(self, endpoint: receiver.Receiver) -> None:
        self.on(seats.at_the_keyboard("ana"), endpoint)
        Person.objects.filter(username="ana").update(is_active=False)
        self.raised()
        assert endpoint.got == []

    def test_it_ends_with_the_session(self, endpoint: receiver.Receiver) -> None:
        client = seats.at_the_keyboard("ana")
        self.on(client, endpoint)
        client.post("/sign-out/")
        assert browsers.listeners() == []

    def test_it_ends_with_a_session_that_was_closed_elsewhere(
        self, endpoint: receiver.Receiver
    ) -> None:
        self.on(seats.at_the_keyboard("ana"), endpoint)
        sessions.close_all(Person.objects.get(username="ana"))
        self.raised()
        assert (endpoint.got, browsers.listeners()) == ([], [])

    def test_it_is_turned_off(self, endpoint: receiver.Receiver) -> None:
        client = seats.at_the_keyboard("ana")
        self.on(client, endpoint)
        assert push.public_key() in client.get("/account/notices/").content.decode()
        client.post("/account/notices/", {"off": "yes"})
        assert browsers.listeners() == []

    def test_an_address_inside_is_refused(self, endpoint: receiver.Receiver) -> None:
        client = seats.at_the_keyboard("ana")
        said = {**SUBSCRIPTION, "endpoint": "http://169.254.169.254/latest/"}
        client.post("/account/notices/", said)
        assert browsers.listeners() == []
