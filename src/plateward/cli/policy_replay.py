"""The last quarter under another policy, as lines for a council: counts, never plates."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from plateward.policy import places
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import WORDS_FOR_ACT

if TYPE_CHECKING:
    from plateward.oversight.what_if import Asked
    from plateward.reads.compared import Otherwise


def lines(profile: Profile, city: str, *, days: int, roles: Mapping[str, str]) -> Iterator[str]:
    """Decide the city's last `days` again under `profile`. Opens the store."""
    from plateward.cli import house

    house.open_up()
    from datetime import timedelta

    from django.utils import timezone

    from plateward.oversight import what_if

    now = timezone.now()
    told = what_if.under(profile, city, since=now - timedelta(days=days), now=now, roles=roles)
    yield ""
    yield f"The last {days} days of {city}, had this ruled. Each request as it was made; people"
    yield "would fill in more where a form asks for more."
    if not told.asked:
        yield "  Nobody asked for anything in that time."
    for asked in told.asked:
        yield from _of_one_act(asked)
    yield from _of_reads(told.reads)
    yield "  Holds: this version keeps no register of them yet, so none can be compared."


def _of_one_act(asked: "Asked") -> Iterator[str]:
    refused = sum(asked.refused.values())
    yield f"  {WORDS_FOR_ACT[asked.act].capitalize()}: {asked.asked} requests"
    yield f"    {asked.same} would have had the same answer"
    if refused:
        rules = ", ".join(
            f"{rule.replace('_', ' ')} {times}" for rule, times in sorted(asked.refused.items())
        )
        yield f"    {refused} were admitted and would have been refused ({rules})"
    if asked.admitted:
        yield f"    {asked.admitted} were refused and would have been admitted"
    if asked.cannot_tell:
        yield f"    {asked.cannot_tell} cannot be told: the log does not hold what they stood on"


def _of_reads(reads: "Otherwise") -> Iterator[str]:
    yield f"  Reads: {reads.here} of that time are kept"
    yield f"    {reads.gone} of them would be deleted by now"
    yield f"    {reads.kept} that were deleted would still be here (counted by whole days)"
    for name, times in reads.without.items():
        called = places.called(f"collection.fields.{name}")
        yield f"    {times} hold a field that would not be kept: {called}"
