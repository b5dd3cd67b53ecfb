"""The person a command is about, days as typed, and refusals in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from plateward.people.models import Person

DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


def named(username: str) -> "Person":
    from plateward.people.models import Person

    found = Person.objects.filter(username=username).first()
    if found is None:
        raise click.ClickException(
            f"Nobody is enrolled as {username}. Nothing was changed. Enrol them first: "
            f"plateward people enrol {username} …"
        )
    return found


def day_of(moment: datetime | None) -> date:
    """The day that was typed; today where none was."""
    return moment.date() if moment else datetime.now().astimezone().date()


@contextmanager
def in_plain_words() -> Iterator[None]:
    """What the rooms refuse is said in their own words, without a trace."""
    try:
        yield
    except (LookupError, ValueError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
