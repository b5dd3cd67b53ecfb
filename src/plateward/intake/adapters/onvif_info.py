"""What ONVIF tells of a plate and of its vehicle, wherever in a message it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from plateward.intake.adapters import pictures, regions, told
from plateward.intake.adapters.canonical import Basis, Dropped, Outline, Picture, Vehicle
from plateward.intake.adapters.tree import Node
from plateward.plates.text import PlateText

NAME: Final = "onvif"
_SIDES: Final = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Plate:
    """`LicensePlateInfo`, each with its likelihood."""

    written: tuple[str, PlateText]
    sure: float | None
    region: str | None
    region_sure: float | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and what that rests on."""

    at: datetime
    basis: Basis


@dataclass(frozen=True, slots=True)
class Transformation:
    """To -1 to 1, with y upward: scale, then move. Without one, numbers are so already."""

    across: float = 1.0
    up: float = 1.0
    right: float = 0.0
    higher: float = 0.0

    def of(self, x: float, y: float) -> tuple[float, float]:
        return x * self.across + self.right, y * self.up + self.higher


def plate(info: Node, *, default: float | None = 1.0) -> Plate | Dropped:
    """A plate without a likelihood is certain, says the standard; `default` where an event says."""
    number = info.child("PlateNumber") or info
    written = told.plate(number.text)
    if isinstance(written, Dropped):
        return written
    country, issuer = info.child("CountryCode"), info.child("IssuingEntity")
    code = told.text(country.text) if country else None
    region = regions.region(issuer.text, country=code) if issuer else None
    return Plate(
        written=written,
        sure=_likelihood(number, default=default),
        region=region,
        region_sure=_likelihood(issuer) if issuer and region else None,
        country=code,
    )


def vehicle(infos: list[Node]) -> Vehicle:
    """Of several guesses at the vehicle, the likeliest type's."""
    if not infos:
        return Vehicle()
    best = max(infos, key=lambda info: _likelihood(info.child("Type")) or 0)
    said = {
        ours: part
        for ours, theirs in (("body", "Type"), ("make", "Brand"), ("model", "Model"))
        if (part := best.child(theirs)) is not None and told.text(part.text)
    }
    sure = {ours: _likelihood(part) for ours, part in said.items()}
    return Vehicle(
        body=_text(said.get("body")),
        make=_text(said.get("make")),
        model=_text(said.get("model")),
        confidences=tuple((ours, each) for ours, each in sure.items() if each is not None),
    )


def transformation(node: Node | None) -> Transformation:
    if node is None:
        return Transformation()
    move, scale = node.child("Translate"), node.child("Scale")
    return Transformation(
        _attribute(scale, "x", 1.0),
        _attribute(scale, "y", 1.0),
        _attribute(move, "x", 0.0),
        _attribute(move, "y", 0.0),
    )


def outline(box: Node | None, *chain: Transformation) -> Outline | None:
    """A rectangle through each transformation in turn."""
    if box is None:
        return None
    sides = [told.number(box.attributes.get(side)) for side in _SIDES]
    left, top, right, bottom = sides
    if left is None or top is None or right is None or bottom is None:
        return None
    for each in chain:
        (left, top), (right, bottom) = each.of(left, top), each.of(right, bottom)
    numbers = (left, top, right, bottom)
    return Outline("box_norm", numbers) if max(map(abs, numbers)) <= 1e6 else None


def picture(role: str, node: Node | None) -> Picture | Dropped | None:
    return pictures.of_base64(role, node.text) if node is not None else None


def _likelihood(node: Node | None, *, default: float | None = 1.0) -> float | None:
    if node is None:
        return None
    said = node.attributes.get("Likelihood")
    return default if said is None else told.confidence(said)


def _text(node: Node | None) -> str | None:
    return told.text(node.text) if node is not None else None


def _attribute(node: Node | None, name: str, default: float) -> float:
    said = told.number(node.attributes.get(name)) if node is not None else None
    return default if said is None else said
