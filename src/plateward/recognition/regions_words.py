"""Say for people what speaks for a region."""

from collections.abc import Mapping

from plateward.plates import formats
from plateward.plates.formats import Format, Known


def evidence_words(
    text: str, region: str, design: Mapping[str, float] | None, home: str | None
) -> tuple[str, ...]:
    """Sentences: what the design looks like, whose formats the text fits, what is expected."""
    said = [] if design is None else [_of_design(region, design)]
    said.append(_of_format(text, region))
    if home is not None:
        said.append(f"This house stands in {home}, so {home} is expected more often.")
    return tuple(said)


def _of_design(region: str, design: Mapping[str, float]) -> str:
    likeliest = max(design, key=lambda each: design[each])
    said = f"The design looks most like {likeliest} ({design[likeliest]:.2f})"
    if likeliest != region:
        said += f", like {region} {design[region]:.2f}"
    return said + "."


def _of_format(text: str, region: str) -> str:
    fitting = formats.matches(text)
    if not fitting:
        return f"{text} fits no format known here."
    elsewhere = len({each.region for each in fitting} - {region})
    others = _counted(elsewhere)
    own = [each for each in fitting if each.region == region]
    if not own:
        return f"{text} fits no format of {region} known here, but formats of {others}."
    # The series most plates follow, not a rare one that happens to be narrower.
    usual = max(own, key=lambda each: each.share)
    said = f"{text} fits {usual}{_doubt(usual)}"
    return f"{said}, and formats of {others}." if elsewhere else f"{said}, and no other region's."


def _counted(regions: int) -> str:
    return "1 other region" if regions == 1 else f"{regions} other regions"


def _doubt(usual: Format) -> str:
    return ", unverified" if usual.known is Known.UNVERIFIED else ""
