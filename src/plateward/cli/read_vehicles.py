"""How `plateward read` writes what is said of a vehicle."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plateward.recognition.vehicles import Described, Judged


def as_json(described: "Described") -> dict[str, object]:
    """A value of null is unknown; "alternatives" then holds what it may be."""
    box, said = described.box, described.description
    return {
        "box": None if box is None else [box.left, box.top, box.width, box.height],
        "colour": _judged(said.colour),
        "body": _judged(said.body),
        "make": _judged(said.make),
    }


def as_text(described: "Described") -> str:
    if described.box is None:
        return "no vehicle found around it"
    said = described.description
    told = (("colour", said.colour), ("body", said.body), ("make", said.make))
    return "   ".join(f"{name} {_word(judged)}" for name, judged in told)


def _judged(judged: "Judged") -> dict[str, object]:
    return {
        "value": judged.value,
        "confidence": judged.confidence,
        "alternatives": judged.alternatives,
    }


def _word(judged: "Judged") -> str:
    said = "unknown" if judged.value is None else f"{judged.value} {judged.confidence:.2f}"
    likely = [f"{word} {chance:.2f}" for word, chance in judged.alternatives[:2]]
    return f"{said} (or {', '.join(likely)})" if likely else said
