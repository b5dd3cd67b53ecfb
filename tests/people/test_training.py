"""Training by topic: what is still in force, and since when the course is complete."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.people import training
from plateward.people.training import Course, Demand, weigh
from plateward.policy.periods import Period
from tests import cast

TODAY = date(2026, 11, 21)
TOPICS = ("law", "practice", "privacy")
YEARLY = Demand(TOPICS, Period.parse("P1Y"), None)
DAYS = st.integers(-30, 900).map(lambda ago: TODAY - timedelta(days=ago))
COURSES = st.builds(
    Course,
    city=st.just("x"),
    completed_on=DAYS,
    evidence=st.just("certificate"),
    topics=st.sets(st.sampled_from(TOPICS)).map(lambda chosen: tuple(sorted(chosen))),
    expires_on=st.none() | DAYS,
)
DEMANDS = st.builds(
    Demand,
    topics=st.sampled_from([TOPICS, ("law",), ()]),
    renew_every=st.sampled_from([None, Period.parse("P1Y"), Period.parse("P6M")]),
    since=st.none() | DAYS,
)

# A busy machine is slow at making inputs; that says nothing of the rules.
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def course(*topics: str, ago: int, **more: object) -> Course:
    return Course("x", TODAY - timedelta(days=ago), "c", topics, **more)  # type: ignore[arg-type]


def test_an_old_record_without_topics_is_the_whole_course() -> None:
    learned = weigh([course(ago=10)], YEARLY, today=TODAY)
    assert learned.topics == set(TOPICS)
    assert learned.completed_on == TODAY - timedelta(days=10)


def test_day_365_counts_and_day_366_does_not() -> None:
    assert weigh([course(ago=365)], YEARLY, today=TODAY).topics
    assert not weigh([course(ago=366)], YEARLY, today=TODAY).topics


def test_renewing_one_topic_does_not_renew_the_others() -> None:
    learned = weigh([course(ago=400), course("law", ago=1)], YEARLY, today=TODAY)
    assert learned.topics == {"law"}
    assert learned.completed_on == TODAY - timedelta(days=400)


def test_a_certificate_that_expired_does_not_count() -> None:
    expired = course(ago=50, expires_on=TODAY - timedelta(days=1))
    assert weigh([expired], YEARLY, today=TODAY) == training.Learned(None, frozenset(), None)
    last_day = course(ago=50, expires_on=TODAY)
    assert weigh([last_day], YEARLY, today=TODAY).topics == set(TOPICS)


def test_after_a_change_only_training_from_that_day_counts() -> None:
    changed = Demand(TOPICS, None, TODAY - timedelta(days=5))
    assert not weigh([course(ago=6)], changed, today=TODAY).topics
    assert weigh([course(ago=5)], changed, today=TODAY).topics == set(TOPICS)


@PATIENT
@given(DEMANDS)
def test_no_record_means_nothing_learned(demand: Demand) -> None:
    learned = weigh([], demand, today=TODAY)
    assert (learned.completed_on, learned.topics) == (None, frozenset())


@PATIENT
@given(st.lists(COURSES, max_size=6), DEMANDS)
def test_a_topic_is_in_force_only_by_a_course_that_counts_today(
    done: list[Course], demand: Demand
) -> None:
    learned = weigh(done, demand, today=TODAY)
    assert learned.topics <= set(demand.topics)
    for topic in learned.topics:
        assert any(
            (not each.topics or topic in each.topics)
            and each.completed_on <= TODAY
            and (each.expires_on is None or each.expires_on >= TODAY)
            and (demand.since is None or demand.since <= each.completed_on)
            for each in done
        )


@PATIENT
@given(st.lists(COURSES, max_size=5), COURSES, DEMANDS)
def test_more_training_never_takes_a_topic_away(
    done: list[Course], extra: Course, demand: Demand
) -> None:
    before = weigh(done, demand, today=TODAY).topics
    # A newer certificate that ends early must not shadow an older one that still counts.
    assert before <= weigh([*done, extra], demand, today=TODAY).topics


@PATIENT
@given(st.lists(COURSES, max_size=5), DEMANDS, DAYS)
def test_a_change_never_gives_a_topic(done: list[Course], demand: Demand, on: date) -> None:
    later = Demand(demand.topics, demand.renew_every, max(on, demand.since or on))
    assert weigh(done, later, today=TODAY).topics <= weigh(done, demand, today=TODAY).topics


@pytest.mark.django_db
@pytest.mark.usefixtures("cities")
class TestRecorded:
    """What is written down for real cities."""

    def test_the_whole_course_is_written_down_topic_by_topic(self) -> None:
        ana = cast.enrolled("ana")
        (latest,) = training.courses(ana, cast.WILLARD)
        assert "practical_exercises" in latest.topics

    def test_a_topic_that_the_city_does_not_teach_is_refused(self) -> None:
        ana = cast.enrolled("ana")
        wrong = Course(cast.WILLARD, TODAY, "c", ("cooking",))
        with pytest.raises(training.NotTraining, match="no topic cooking"):
            training.record(ana, wrong, by="clerk")

    @pytest.mark.parametrize(
        ("city", "kind", "counts"),
        [
            (cast.CALABASAS, "legal_change", True),
            (cast.CALABASAS, "weather", False),
            (cast.WILLARD, "legal_change", False),
        ],
    )
    def test_a_change_ends_training_only_where_the_text_says_so(
        self, city: str, kind: str, counts: bool
    ) -> None:
        from plateward.policy import in_force

        told = training.record_change(city, kind=kind, on=TODAY, what="a new law", by="clerk")
        assert told is counts
        profile = in_force.profile(city)
        assert training.retrain_since(profile, today=TODAY) == (TODAY if counts else None)
        eve = TODAY - timedelta(days=1)
        assert training.retrain_since(profile, today=eve) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("cities")
def test_the_database_refuses_to_forget_a_record_of_training() -> None:
    """Audits ask for three years of them; here they stay for good."""
    cast.enrolled("ana")
    with pytest.raises(IntegrityError, match="stays"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_training WHERE completed_on < now() - interval '1 day'")
