"""What `plateward import` says at its end: what came of the files, and what to do with the card."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from plateward.capture.taken_at import ToldBy

if TYPE_CHECKING:
    from datetime import datetime

    from plateward.cli.medium import Contents, Going
    from plateward.custody.media import Record
    from plateward.intake.picture_files import Source

_MIB: Final = 1 << 20
_TOLD: Final = {
    ToldBy.PHOTO: "by the picture's own EXIF",
    ToldBy.FILM: "by the film itself",
    ToldBy.FILE: "by the time of its file alone, which a copy or a wrong clock changes",
    ToldBy.NOBODY: "by nothing",
}


def told(record: "Record", going: "Going", lies: "Contents", source: "Source") -> Iterator[str]:
    """Lines for a person."""
    what = "listed" if record.only_listed else "imported"
    yield (
        f"Import {record.number}: {record.label} from {record.camera} {what} by "
        f"{record.imported_by}; taken out by {record.taken_out_by}."
    )
    size = f"{record.bytes / _MIB:.1f} MiB"
    yield f"  {record.files} files ({size}), {record.reads} new reads" + _more(going)
    yield from (f"  {count} dropped: {why}" for why, count in sorted(record.dropped.items()))
    if record.failures:
        yield f"  {record.failures} not read"
    yield from (f"    {count}: {why}" for why, count in going.unread.most_common())
    if lies.others:
        yield f"  {lies.others} files that are no pictures were passed over"
    for who, count in sorted(going.told_by.items()):
        yield f"  {count} times told {_TOLD[who]}"
    if record.recorded_from and record.recorded_until:
        days = (_day(record.recorded_from, source), _day(record.recorded_until, source))
        yield f"  recorded from {days[0]} to {days[1]}"
    yield f"  SHA-256 of the list of files: {record.manifest}"
    yield from _next(record, source)


def _more(going: "Going") -> str:
    more = {"stored before": going.again, "alerts": going.alerts}
    return "".join(f", {count} {what}" for what, count in more.items() if count)


def _next(record: "Record", source: "Source") -> Iterator[str]:
    rules = source.removable
    if record.only_listed:
        yield (
            f"No picture was read: {source.profile.title()} keeps them on the card "
            f"({', '.join(rules.stays_on_it)}). The record holds only what is said above."
        )
        yield _keep(record, source)
        return
    if record.failures:
        yield (
            "Keep the card: what could not be read is on it alone. Try again with the same "
            "command; what was read is not read twice."
        )
        return
    yield (
        "The reads and their pictures are sealed in the database until their time is over "
        f"({source.profile.retention_words()}). The card still holds them open: erase it before it "
        "leaves your hands, or put it back into its camera, which records over it."
    )


def _keep(record: "Record", source: "Source") -> str:
    from plateward.policy.periods import moment_after

    rules = source.removable
    until = record.recorded_until
    if rules.kept_for is None or until is None:
        return "Keep the card in the secure place of the policy; record where: plateward media"
    last = moment_after(until.astimezone(source.profile.zone), rules.kept_for)
    then = (
        " From then on it may go back into a camera, which records over it."
        if rules.may_be_overwritten
        else ""
    )
    return (
        f"Keep the card in its secure place until {_day(last, source)}: {rules.kept_for.words()} "
        f"from the day of recording ({', '.join(rules.kept_by)}).{then} It is in the register of "
        "drives: record there where it is stored, and when it goes back (plateward media record)."
    )


def _day(at: "datetime", source: "Source") -> str:
    return f"{at.astimezone(source.profile.zone):%Y-%m-%d}"
