"""The one line in which `plateward watch` says how it is. There is never a plate in it."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from plateward.edge.outbox import Kept
    from plateward.edge.post import Figures, State

CLOCK_LIMIT: Final = 5.0  # seconds


def line(
    camera: str, figures: "Figures", state: "State", kept: "Kept", *, provider: str, now: datetime
) -> str:
    """What goes well, then what does not."""
    said = [
        f"{figures.fps:.1f} pictures a second on {provider}",
        f"{figures.reads} read",
        f"{state.handed_in} handed in",
        _waiting(kept, now),
    ]
    if figures.dropped:
        said.append("not told: " + ", ".join(f"{n} {why}" for why, n in figures.dropped.items()))
    return f"{camera}: {', '.join(said)}. {situation(figures, state)}"


def situation(figures: "Figures", state: "State") -> str:
    """Changes only when something does: a log need not repeat it."""
    said = [figures.trouble, f"NOT HANDED IN NOW: {state.away}" if state.away else ""]
    said += [f"NOT KEPT: {state.disk}" if state.disk else "", state.refusal, _clock(state)]
    said.append(_speed(figures, state))
    return " ".join(each for each in said if each) or "All is well."


def _waiting(kept: "Kept", now: datetime) -> str:
    if kept.oldest is None:
        return "0 waiting"
    minutes = max(int((now - kept.oldest).total_seconds() // 60), 0)
    return f"{kept.letters} waiting ({kept.bytes / 1e6:.1f} MB, the oldest for {minutes} min)"


def _speed(figures: "Figures", state: "State") -> str:
    if not figures.measures_speed or state.word is None or state.word.keeps_speed:
        return ""
    return "SPEED IS NOT TOLD: the city's policy does not keep it. Leave --speed-line out."


def _clock(state: "State") -> str:
    word = state.word
    if word is None or word.offset is None or abs(word.offset) - word.within <= CLOCK_LIMIT:
        return ""
    way = "ahead of" if word.offset > 0 else "behind"
    return f"THE CLOCK IS {abs(word.offset):.0f} SECONDS {way.upper()} THE SERVER'S: set it."
