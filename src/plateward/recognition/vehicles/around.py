"""From a plate to the vehicle that wears it, and what can be said of that vehicle."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from plateward.plates.sighting import Vehicle
from plateward.recognition.geometry import Box, Image
from plateward.recognition.vehicles.describe import Describer, Description, LookDescriber
from plateward.recognition.vehicles.find import BoxFinder, Found, PeopleFinder, VehicleFinder

_WIDER: Final = 1.8  # than its plate: no vehicle is narrower


@dataclass(frozen=True, slots=True)
class Described:
    """`box` is the vehicle's, in pixels of the image; None where no vehicle was found."""

    box: Box | None = None
    description: Description = field(default_factory=Description)

    @property
    def vehicle(self) -> Vehicle:
        """As it is stored: what is unknown is None, and what is said carries its confidence."""
        said = {
            "color": self.description.colour,
            "body_type": self.description.body,
            "make": self.description.make,
        }
        known = {name: each for name, each in said.items() if each.value is not None}
        return Vehicle(
            make=said["make"].value,
            color=said["color"].value,
            body_type=said["body_type"].value,
            confidences=tuple((name, each.confidence) for name, each in known.items()),
        )


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Finds and describes; blurs nobody itself, but says where people are. Make one, keep it."""

    finder: VehicleFinder
    describer: Describer
    crowd: PeopleFinder

    @classmethod
    def default(cls, provider: str | None = None) -> "Vehicles":
        """Loads 12 MB of weights; `provider` as `Network` takes it.

        Raises WeightsProblem or ProviderProblem.
        """
        finder = BoxFinder.default(provider)
        return cls(finder, LookDescriber.default(provider), finder)

    def describe_around(self, image: Image, plate: Box) -> Described:
        """The vehicle that wears the plate at `plate`."""
        return self.describe_all(image, [plate])[0]

    def describe_all(self, image: Image, plates: Sequence[Box]) -> list[Described]:
        """One for each plate, in order; the picture is searched once."""
        if not plates:
            return []
        found = self.finder.find(image)
        return [self._described(image, wearer_of(plate, found), plate) for plate in plates]

    def people(self, image: Image) -> Sequence[Box]:
        return self.crowd.people(image)

    def _described(self, image: Image, wearer: Found | None, plate: Box) -> Described:
        if wearer is None:
            return Described()
        said = self.describer.describe(image, wearer.box, wearer.kind, plate)
        return Described(wearer.box, said)


def wearer_of(plate: Box, found: Sequence[Found]) -> Found | None:
    """Of the vehicles around the plate's middle the tightest that the finder is sure of."""
    x, y = (plate.left + plate.right) / 2, (plate.top + plate.bottom) / 2
    around = [one for one in found if one.box.holds(x, y) and one.box.width > _WIDER * plate.width]
    return min(around, key=lambda one: one.box.area / one.score, default=None)
