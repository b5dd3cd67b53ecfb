"""What earlier versions wrote about people survives."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plateward.people import standing
from plateward.people.models import Appointment, Person, Training

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEFORE = [("people", "0001_initial")]


@pytest.fixture
def back_to_the_newest():  # type: ignore[no-untyped-def]
    yield
    to_the_newest()


def write_as_the_first_version_did() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps
    texts = ("Willard Police Department", "willard police department", "", "City of Odessa")
    people = old.get_model("people", "Person").objects
    for number, text in enumerate(texts):
        people.create(username=f"p{number}", badge=f"B-{number}", agency=text)
    ana, day = people.get(username="p0"), date(2026, 1, 5)
    old.get_model("people", "Appointment").objects.create(
        person=ana, city="willard-mo", role="chief", document="order 1", begins_on=day
    )
    old.get_model("people", "Training").objects.create(
        person=ana, city="willard-mo", completed_on=day, evidence="c"
    )


def to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "people"])


@pytest.mark.usefixtures("back_to_the_newest")
def test_agencies_appointments_and_training_of_the_first_version_survive() -> None:
    write_as_the_first_version_did()
    to_the_newest()
    agencies = {each.username: each.agency for each in Person.objects.all()}
    assert agencies["p0"] == agencies["p1"] == "Willard Police Department"
    assert agencies["p2"] == "Agency not recorded"
    assert Person.objects.get(username="p3").employer.kind == "city_department"
    assert Person.objects.get(username="p0").employer.kind == "police"
    kept = Appointment.objects.get()
    assert (kept.role, kept.document, kept.revoked_at) == ("chief", "order 1", None)
    assert standing.OF_ANOTHER_AGENCY in standing.attested(kept)
    assert Training.objects.get().topics == []
    with connection.cursor() as cursor:  # as the flush after a test does: the table refuses
        cursor.execute("ALTER TABLE people_training DISABLE TRIGGER USER")
    for model in (Training, Appointment, Person):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_training ENABLE TRIGGER USER")
