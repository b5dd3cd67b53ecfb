"""The figures that were promised, and whether they are met."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench import counting
from bench.costs import Costs
from bench.counting import Share
from bench.scoring import Judged, Outcome

NOT_MEASURED: Final = "not measured"
NO_TARGET: Final = "no target"
BUSY: Final = "machine busy"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `value` None: not measured. `note`: how sure, and of what."""

    name: str
    value: float | None
    must: float | None
    aim: float | None
    unit: str = ""
    note: str = ""
    less_is_better: bool = False
    busy: bool = False
    """A time, taken while other work wanted the processor: shown, and not judged."""

    @property
    def met(self) -> str:
        if self.value is None:
            return NOT_MEASURED
        if self.busy:
            return BUSY
        if self.must is None or self.aim is None:
            return NO_TARGET
        if self._reaches(self.value, self.aim):
            return "aim"
        return "must" if self._reaches(self.value, self.must) else "MISSED"

    def _reaches(self, value: float, wanted: float) -> bool:
        return value <= wanted if self.less_is_better else value >= wanted


@dataclass(frozen=True, slots=True)
class Peer:
    """Another reader on the same pictures; `finds` when it also has to find the plate."""

    name: str
    judged: Judged
    finds: bool


Chosen = Callable[[Outcome], bool]

_ROWS: Final[Sequence[tuple[str, Chosen, float | None, float | None]]] = (
    ("US frames, read", lambda one: _is(one, "frame", "US"), 0.90, 0.96),
    (
        "consumer photos (Open Images), read",
        lambda one: one.label.source == "openimages",
        0.8,
        0.92,
    ),
    ("EU frames (SK, CZ), read", lambda one: _is(one, "frame", "SK", "CZ"), 0.97, 0.99),
    ("BR frames, read", lambda one: _is(one, "frame", "BR"), 0.95, 0.99),
    ("US crops, read", lambda one: _is(one, "crop", "US"), 0.92, 0.97),
    ("AR crops, read", lambda one: _is(one, "crop", "AR"), None, None),
)


def accuracy(judged: Judged, *, negatives: tuple[int, int] | None = None) -> list[Figure]:
    """`negatives`: plates found in pictures that show none, and how many such pictures."""
    every = judged.outcomes
    frames = [one for one in every if _is(one, "frame", "US")]
    captured = counting.tally(frames).captured
    shares = [_read(name, _of(every, chosen), must, aim) for name, chosen, must, aim in _ROWS]
    extra = negatives[0] / max(1, negatives[1]) if negatives else None
    counted = f"{negatives[0]} in {negatives[1]}" if negatives else ""
    return [
        Figure("US frames, capture (IoU ≥ 0.5)", captured.value, 0.97, 0.99, note=spread(captured)),
        *shares,
        _misread(every),
        _calibration(every),
        Figure("extra plates, a frame without plates", extra, 0.02, 0, "", counted, True),
    ]


def costs(known: Costs | None) -> list[Figure]:
    memory = known.memory / 1e6 if known else None
    weighs = known.weights / 1e6 if known else None
    late = f"p95 {known.single_p95:.0f} ms; opening a JPEG {known.opening:.0f} ms" if known else ""
    busy = known.busy if known else False
    batch = known.batch if known else None
    single = known.single_median if known else None
    return [
        Figure("one 1080p frame, one at a time", single, 60, 25, " ms", late, True, busy),
        Figure("one 1080p frame, eight at a time", batch, 60, 25, " ms", "", True, busy),
        Figure("weights", weighs, 30, 12, " MB", "", True),
        Figure("memory of `plateward read`, at most", memory, 400, 250, " MB", "", True),
    ]


def of_peer(peer: Peer, figures: Sequence[Figure]) -> Mapping[str, Figure]:
    """The same lines for a peer, as far as they can be asked of it."""
    theirs = {one.name: one for one in accuracy(peer.judged) if one.value is not None}
    if not peer.finds:
        theirs.pop(figures[0].name, None)
    return theirs


def spread(share: Share) -> str:
    if not share.of:
        return ""
    low, high = share.interval
    return f"{share.hits} of {share.of}; {low:.3f} to {high:.3f}"


def _read(name: str, outcomes: Sequence[Outcome], must: float | None, aim: float | None) -> Figure:
    read = counting.tally(outcomes).read
    return Figure(name, read.value, must, aim, note=spread(read))


def _misread(every: Sequence[Outcome]) -> Figure:
    wrong = counting.tally(every).misread
    by_kind = {
        "frames": counting.tally(_of(every, lambda one: one.label.kind == "frame")).misread,
        "crops": counting.tally(_of(every, lambda one: one.label.kind == "crop")).misread,
    }
    note = ", ".join(f"{kind} {part.hits} of {part.of}" for kind, part in by_kind.items())
    return Figure("misread, of reads at confidence ≥ 0.8", wrong.value, 0.03, 0.01, "", note, True)


def _calibration(every: Sequence[Outcome]) -> Figure:
    bins = counting.reliability(every)
    error = counting.calibration_error(bins)
    note = f"over {sum(one.count for one in bins)} reads"
    return Figure("calibration error (ECE)", error, 0.04, 0.02, "", note, True)


def _of(outcomes: Sequence[Outcome], chosen: Chosen) -> list[Outcome]:
    return [one for one in outcomes if chosen(one)]


def _is(outcome: Outcome, kind: str, *countries: str) -> bool:
    return outcome.label.kind == kind and outcome.label.country in countries
