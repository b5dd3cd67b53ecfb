"""Figures as Markdown tables."""

from collections.abc import Mapping, Sequence
from typing import Final

from bench import conditions, counting
from bench.conditions import Group
from bench.costs import Costs
from bench.counting import NOTHING, Bin, Confusions, Share
from bench.peers import Ratio
from bench.scoring import Judged, Outcome
from bench.targets import BUSY, NOT_MEASURED, Figure

THRESHOLDS: Final = (0.5, 0.8, 0.9, 0.95, 0.99)
_MOST_PAIRS: Final = 20
_ENOUGH: Final = 10

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row]) -> str:
    """Signs that Markdown would take for its own are kept from it."""
    lines = [head, ["---"] * len(head), *([_safe(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def targets(figures: Sequence[Figure], peers: Mapping[str, Mapping[str, Figure]]) -> str:
    head = ["", "ours", "must", "aim", "met", *peers, "of how many; 95 % interval"]
    rows = [
        [
            one.name,
            number(one.value, one),
            _wanted(one.must, one),
            _wanted(one.aim, one),
            one.met,
            *(_theirs(peer, one) for peer in peers.values()),
            one.note,
        ]
        for one in figures
    ]
    return table(head, rows)


def number(value: float | None, of: Figure) -> str:
    if value is None:
        return NOT_MEASURED
    return f"{value:.0f}{of.unit}" if of.unit else f"{value:.3f}"


def breakdown(judged: Judged, greys: Mapping[str, float]) -> str:
    """One table each: sources, and within whole frames the conditions."""
    frames = [one for one in judged.outcomes if one.label.kind == "frame"]
    crops = [one for one in judged.outcomes if one.label.kind == "crop"]
    parts = {
        "source": conditions.by_source(judged.outcomes),
        "plate's width, whole frames": conditions.by_width(frames),
        "picture's width, plates cut out": conditions.by_width(crops),
        "light, whole frames": conditions.by_light(frames, greys),
        "light, plates cut out": conditions.by_light(crops, greys),
        "tilt, whole frames": conditions.by_tilt(frames),
        f"US state, {_ENOUGH} plates or more": conditions.by_state(judged.outcomes, _ENOUGH),
    }
    return "\n\n".join(groups(name, part) for name, part in parts.items() if part)


def groups(name: str, parts: Sequence[Group]) -> str:
    """Without the columns that have nothing to say."""
    head = [name, "plates", "captured", "95 %", "texts", "read", "95 %", "O told from 0", "misread"]
    rows = [_group(*part) for part in parts]
    told = [at for at in range(len(head)) if any(row[at] != NOTHING for row in rows)]
    return table([head[at] for at in told], [[row[at] for at in told] for row in rows])


def short(judged: Judged, figures: Sequence[Figure]) -> str:
    """For the README: a line a source, then a line a promise, without the small print."""
    head = ["pictures", "plates", "captured (IoU ≥ 0.5)", "read exactly", "95 % interval"]
    rows = []
    for name, part in conditions.by_source(judged.outcomes):
        count = counting.tally(part)
        rows.append(
            [
                name,
                str(count.plates),
                _share(count.captured),
                _share(count.read),
                _range(count.read),
            ]
        )
    kept = [one for one in figures if one.less_is_better]
    promises = table(
        ["", "measured", "promised", "hoped for"],
        [[f.name, _told(f), _wanted(f.must, f), _wanted(f.aim, f)] for f in kept],
    )
    return f"{table(head, rows)}\n\n{promises}"


def race_words(race: Mapping[str, Ratio]) -> list[str]:
    return [
        f"{name} takes {ratio.times_faster:.2f} times as long as we do on the same pictures, "
        f"read in turn ({ratio.theirs:.1f} and {ratio.ours:.1f} ms)."
        for name, ratio in race.items()
    ]


def reliability(bins: Sequence[Bin]) -> str:
    rows = [
        [
            f"{one.low:.1f} to {one.low + 0.1:.1f}",
            str(one.count),
            f"{one.mean:.3f}" if one.count else NOTHING,
            f"{one.right:.3f}" if one.count else NOTHING,
            _range(Share(round(one.right * one.count), one.count)),
        ]
        for one in bins
    ]
    return table(["confidence", "reads", "mean confidence", "share right", "95 %"], rows)


def acceptance(outcomes: Sequence[Outcome]) -> str:
    rows = []
    for threshold in THRESHOLDS:
        at = counting.accepted_at(outcomes, threshold)
        rows.append(
            [
                f"{threshold:.2f}",
                f"{_share(at.accepted)} ({at.accepted.hits} of {at.accepted.of})",
                _share(at.right),
                _range(at.right),
            ]
        )
    return table(["accepted at", "share of plates", "of these right", "95 %"], rows)


def confusion(found: Confusions) -> str:
    rows = [
        [true, read, str(count), f"{count} of {found.seen[true]}" if true in found.seen else ""]
        for (true, read), count in found.pairs.most_common(_MOST_PAIRS)
    ]
    rest = sum(found.pairs.values()) - sum(int(row[2]) for row in rows)
    notes = (
        f"{NOTHING} stands for no character: one was lost, or one was added. "
        f"{rest} more confusions are rarer than these; {sum(found.seen.values())} characters were "
        f"compared, O and 0 as one. {found.zero_or_o} texts are wrong in nothing but O for 0 or 0 "
        f"for O, which the labels themselves mix up. In {len(found.others)} more something else "
        "than the plate's characters was read."
    )
    return table(["true", "read as", "times", "of that character"], rows) + f"\n\n{notes}"


def cost_words(known: Costs | None) -> str:
    if known is None:
        return "Time, memory and size were not measured in this run."
    busy = (
        f"; the machine was busy with other work (load {known.load:.1f}), "
        "so the times are longer than on an idle one, and are not judged"
        if known.busy
        else ""
    )
    return f"Measured on {known.measured_on}: {known.machine}{busy}. Networks: {known.networks}."


def _group(name: str, outcomes: Sequence[Outcome]) -> Row:
    count = counting.tally(outcomes)
    wrong = f"{count.misread.hits} of {count.misread.of}" if count.misread.of else NOTHING
    return [
        name,
        str(count.plates),
        _share(count.captured),
        _range(count.captured),
        str(count.read.of),
        _share(count.read),
        _range(count.read),
        _share(count.strict),
        wrong,
    ]


def _told(figure: Figure) -> str:
    note = f" ({BUSY})" if figure.met == BUSY else ""
    return number(figure.value, figure) + note


def _share(share: Share) -> str:
    return NOTHING if share.value is None else f"{share.value:.3f}"


def _range(share: Share) -> str:
    low, high = share.interval
    return f"{low:.2f} to {high:.2f}" if share.of else NOTHING


def _wanted(value: float | None, of: Figure) -> str:
    if value is None:
        return NOTHING
    return f"{'≤' if of.less_is_better else '≥'} {value:g}{of.unit}"


def _theirs(peer: Mapping[str, Figure], one: Figure) -> str:
    return number(peer[one.name].value, one) if one.name in peer else NOTHING


def _safe(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
