"""Show whose plate it is and what formats say, beside what was read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plateward.plates.formats_evidence import Weighed
    from plateward.recognition.regions import State


def as_json(state: "State | None") -> dict[str, object] | None:
    """For one JSON object; None where the reader does not name states."""
    if state is None:
        return None
    return {
        "code": state.code,
        "confidence": round(state.confidence, 4),
        "alternatives": [[code, round(chance, 4)] for code, chance in state.alternatives],
        "evidence": state.evidence,
        "formats": {
            "as_read": state.formats.as_read,
            "preferred": state.formats.preferred.text,
            "log_odds": round(state.formats.preferred.log_odds, 3),
            "spellings": [_spelling(each) for each in state.formats.spellings],
        },
    }


def as_text(state: "State | None") -> Iterator[str]:
    """Lines for people; none where the reader does not name states."""
    if state is None:
        return
    others = ", ".join(f"{code} {chance:.2f}" for code, chance in state.alternatives)
    if state.confidence:
        yield f"state {state.code} {state.confidence:.2f}" + (f" (or {others})" if others else "")
    else:
        yield f"state {state.code}" + (f" (likeliest {others})" if others else "")
    yield from (f"  {said}" for said in state.evidence)
    if not state.formats.agrees:
        yield f"  {state.formats.words}"


def _spelling(weighed: "Weighed") -> dict[str, object]:
    return {
        "text": weighed.text,
        "seen": round(weighed.seen, 4),
        "share": round(weighed.share, 4),
        "log_odds": round(weighed.log_odds, 3),
        "formats": [[each.issuer, each.pattern] for each in weighed.because],
    }
