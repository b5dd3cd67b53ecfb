"""The outbox: told with the change or not at all, sent once by whoever claims it, never lost."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.notices import channels, deliver, spread, word
from plateward.notices.above import Above
from plateward.notices.models import Channel, Delivery
from plateward.notices.models import Word as Row
from plateward.notices.word import Event, Word
from tests.notices.receiver import Receiver

CITY = "willard-mo"
BOTH = (Event.ALERT_VERIFIED, Event.FAULT_OPENED)
FAULT = Word(Event.FAULT_OPENED, CITY, "fault:1:opened", "/duties/", {"fault": "1"})
VERIFIED = word.alert_verified(
    7, city=CITY, category="stolen_vehicle", hotlist="State list", camera="160 at Jackson"
)
pytestmark = pytest.mark.django_db


def webhook(url: str, name: str = "cad", events: Sequence[Event] = BOTH) -> None:
    channels.add(CITY, "webhook", name, said={"url": url}, events=events, by="clerk")


def told(what: Word, above: Above) -> None:
    word.tell(what)
    spread.spread(above, now=timezone.now())


def sent_all(above: Above, *, hours: float = 0) -> None:
    """Deliver until nothing is due, `hours` from now."""
    now = timezone.now() + timedelta(hours=hours)
    while deliver.deliver_one(above, now=now):
        pass


def test_what_is_rolled_back_is_not_told() -> None:
    with transaction.atomic():
        word.tell(FAULT)
        transaction.set_rollback(True)
    assert Row.objects.count() == 0


def test_the_same_thing_is_told_once(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(FAULT, nobody)
    told(FAULT, nobody)
    sent_all(nobody)
    assert len(endpoint.got) == 1


def test_a_notice_says_what_happened_and_no_plate(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(VERIFIED, nobody)
    sent_all(nobody)
    _, headers, body = endpoint.got[0]
    said = json.loads(body)
    assert set(said) == {"id", "event", "city", "at", "facts", "link"}
    assert (said["event"], said["city"]) == ("alert.verified", CITY)
    assert said["facts"]["category"] == "stolen_vehicle"
    assert said["id"] == headers["Plateward-Id"]


def test_the_plate_goes_with_a_verified_alert_where_it_may(
    endpoint: Receiver, nobody: Above
) -> None:
    webhook(endpoint.url)
    lets = replace(nobody, plate=lambda city, alert: f"{city} {alert}")
    told(VERIFIED, lets)
    told(FAULT, lets)
    sent_all(lets)
    plates = {
        json.loads(body)["event"]: json.loads(body).get("plate") for _, _, body in endpoint.got
    }
    assert plates == {"alert.verified": f"{CITY} 7", "fault.opened": None}


def test_an_alert_that_nobody_verified_leaves_over_no_channel(
    endpoint: Receiver, nobody: Above
) -> None:
    webhook(endpoint.url)
    with pytest.raises(channels.NotSetUp, match="nobody has verified"):
        webhook(endpoint.url, "other", [Event.ALERT_RAISED])
    Channel.objects.update(events=[*Event])  # whatever its row may say
    told(word.alert_raised(7, city=CITY, category="stolen_vehicle"), nobody)
    sent_all(nobody)
    assert endpoint.got == []


def test_what_was_rejected_while_it_waited_is_not_sent_but_taken_back(
    endpoint: Receiver, nobody: Above
) -> None:
    webhook(endpoint.url, events=[Event.ALERT_VERIFIED])
    told(VERIFIED, nobody)
    told(word.alert_withdrawn(7, city=CITY, category="stolen_vehicle", step=2), nobody)
    sent_all(replace(nobody, stands=lambda _city, _alert: False))
    assert [json.loads(body)["event"] for _, _, body in endpoint.got] == ["alert.withdrawn"]


def test_a_channel_tells_of_its_own_city_alone(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(replace(FAULT, city="odessa-mo"), nobody)
    sent_all(nobody)
    assert endpoint.got == []


def test_what_fails_is_sent_again_under_its_id(endpoint: Receiver, nobody: Above) -> None:
    endpoint.answers = [503, 503, 204]
    webhook(endpoint.url)
    told(FAULT, nobody)
    sent_all(nobody)
    assert len(endpoint.got) == 1, "it waits before it tries again"
    assert channels.one(CITY, "cad").down_since is not None
    sent_all(nobody, hours=2)
    sent_all(nobody, hours=4)
    assert len({headers["Plateward-Id"] for _, headers, _ in endpoint.got}) == 1
    assert len(endpoint.got) == 3
    up = channels.one(CITY, "cad")
    assert (up.down_since, up.waiting, up.dead) == (None, 0, 0)


def test_while_nobody_answers_one_notice_asks_and_the_rest_wait(
    endpoint: Receiver, nobody: Above
) -> None:
    endpoint.answers = [503]
    webhook(endpoint.url)
    told(FAULT, nobody)
    told(VERIFIED, nobody)
    sent_all(nobody)
    assert len(endpoint.got) == 1
    assert channels.one(CITY, "cad").waiting == 2


def test_one_that_is_refused_does_not_hold_up_the_next(endpoint: Receiver, nobody: Above) -> None:
    endpoint.answers = [400, 204]
    webhook(endpoint.url)
    told(FAULT, nobody)
    told(VERIFIED, nobody)
    sent_all(nobody)
    assert len(endpoint.got) == 2
    assert channels.one(CITY, "cad").down_since is None


def test_it_is_given_up_at_last_kept_and_sent_again_by_hand(
    endpoint: Receiver, nobody: Above
) -> None:
    endpoint.answers = [500]
    webhook(endpoint.url)
    told(FAULT, nobody)
    for hours in range(deliver.TRIES + 3):
        sent_all(nobody, hours=2 * hours)
    assert len(endpoint.got) == deliver.TRIES
    (dead,) = deliver.dead(CITY)
    assert (dead.channel, dead.trouble) == ("cad", "The answer was 500.")
    assert log.latest(1, city=CITY)[0].outcome == "failed"
    endpoint.answers = [204]
    later = timezone.now() + timedelta(days=2)
    assert deliver.resend("odessa-mo", by="clerk", now=later) == 0
    assert deliver.resend(CITY, delivery=dead.id, by="clerk", now=later) == 1
    sent_all(nobody, hours=50)
    assert deliver.dead(CITY) == []
    assert endpoint.got[-1][1]["Plateward-Id"] == dead.id


def test_what_a_worker_left_is_sent_by_the_next(endpoint: Receiver, nobody: Above) -> None:
    """It was killed between its claim and its word: after the lease, another takes it."""
    webhook(endpoint.url)
    told(FAULT, nobody)
    assert deliver._claimed(timezone.now()) is not None
    sent_all(nobody)
    assert endpoint.got == []
    sent_all(nobody, hours=1)
    assert len(endpoint.got) == 1


def test_a_worker_that_comes_too_late_changes_nothing(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(FAULT, nobody)
    slow = deliver._claimed(timezone.now())
    assert slow is not None
    sent_all(nobody, hours=1)
    deliver._fail(slow, deliver.NotSent("too late"), timezone.now())
    assert Delivery.objects.get().state == "sent"


def test_one_that_never_comes_to_an_end_is_given_up(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(FAULT, nobody)
    Delivery.objects.update(tries=deliver.TRIES)
    sent_all(nobody)
    assert endpoint.got == []
    assert Delivery.objects.get().state == "dead"


def test_closing_a_channel_gives_up_what_waits(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(FAULT, nobody)
    assert channels.end(CITY, "cad", by="clerk", now=timezone.now()) == 1
    sent_all(nobody)
    assert endpoint.got == []
    assert deliver.resend(CITY, by="clerk", now=timezone.now()) == 0
    webhook(endpoint.url)  # the name is free again


def test_each_notice_is_in_the_log_by_its_kind_and_nothing_else(
    endpoint: Receiver, nobody: Above
) -> None:
    webhook(f"{endpoint.url}/a-secret-path")
    told(VERIFIED, nobody)
    sent_all(nobody)
    entry = log.latest(1, city=CITY)[0]
    assert (entry.act, entry.outcome) == (deliver.SENT, "done")
    assert entry.facts == {"kind": "webhook", "event": "alert.verified"}
    assert all("secret-path" not in str(each) for each in log.latest(10))


def test_addresses_are_sealed_and_never_shown(endpoint: Receiver) -> None:
    webhook(f"{endpoint.url}/a-secret-path")
    assert b"secret" not in bytes(Channel.objects.get().sealed)
    assert channels.one(CITY, "cad").where == endpoint.url


def test_what_is_long_told_is_cleared_away(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    told(FAULT, nobody)
    week = timezone.now() + timedelta(days=8)
    assert spread.clear(now=week) == 0, "it still waits"
    sent_all(nobody)
    spread.clear(now=week)
    assert Row.objects.count() == 0


@pytest.mark.parametrize("facts", [{"plate": "TST4821"}, {"case_number": "26-1"}])
def test_a_word_has_no_place_for_a_plate(facts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Nothing was told"):
        replace(FAULT, facts=facts)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same(endpoint: Receiver, nobody: Above) -> None:
    webhook(endpoint.url)
    for number in range(20):
        word.tell(replace(FAULT, key=f"fault:{number}"))
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(30)
        try:
            spread.spread(nobody, now=timezone.now())
            sent_all(nobody)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sent_all(nobody)
    ids = [headers["Plateward-Id"] for _, headers, _ in endpoint.got]
    assert len(ids) == len(set(ids)) == 20
