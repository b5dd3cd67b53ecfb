"""Make an agency of each text that stood in a person's record; its kind is told by its words."""

import re
from typing import Any

from django.db import migrations

_KINDS = (
    ("sheriff", ("sheriff", "lasd", "laso")),
    ("police", ("police", "pd")),
    ("contractor", ("ltd", "llc", "inc", "corp", "company", "contractor", "contractors", "vendor")),
    ("city_department", ("city", "town", "village")),
)


def kind_of(name: str) -> str:
    words = set(re.findall(r"[a-z]+", name.casefold()))
    return next((kind for kind, telling in _KINDS if words.intersection(telling)), "external")


def make_agencies(apps: Any, schema_editor: Any) -> None:
    Agency = apps.get_model("people", "Agency")
    Person = apps.get_model("people", "Person")
    made = {}
    for person in Person.objects.order_by("pk"):
        name = person.agency.strip() or "Agency not recorded"
        if name.casefold() not in made:
            made[name.casefold()] = Agency.objects.create(name=name, kind=kind_of(name))
        Person.objects.filter(pk=person.pk).update(employer=made[name.casefold()])


def write_texts(apps: Any, schema_editor: Any) -> None:
    for person in apps.get_model("people", "Person").objects.select_related("employer"):
        person.agency = person.employer.name
        person.save(update_fields=["agency"])


class Migration(migrations.Migration):
    dependencies = [("people", "0002_agencies")]

    operations = [migrations.RunPython(make_agencies, write_texts)]
