"""The reads behind a case's alerts, for whoever keeps them longer."""

import pytest

from plateward.hotlists import of_case
from plateward.hotlists.models import Wanted
from plateward.intake.receive import receive
from tests import cast
from tests.hotlists.test_alerts import look_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


def test_the_reads_of_a_cases_alerts_and_of_no_other() -> None:
    look_for("TST4821")
    Wanted.objects.update(case_number="26-014233")
    look_for("OTH1234")  # of another case
    hit = receive(cast.sighting("TST4821"))
    receive(cast.sighting("OTH1234"))
    receive(cast.sighting("FREE001"))
    assert hit.alerts == 1
    assert of_case.reads(cast.WILLARD, "26 014233") == [hit.read]
    assert of_case.reads(cast.ODESSA, "26-014233") == []
    assert of_case.reads(cast.WILLARD, " ") == []
