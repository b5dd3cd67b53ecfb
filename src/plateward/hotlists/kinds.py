"""Which kinds of list a city's policy, and the law over it, let in: by category and by source."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from plateward.hotlists.models import Hotlist
from plateward.policy import in_force
from plateward.policy.profile import Profile

# What a list may be of, for cities whose text names no categories.
USUAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stolen_vehicle": "Stolen vehicle",
        "stolen_plate": "Stolen plate",
        "wanted_vehicle": "Wanted vehicle",
        "active_warrant": "Active warrant",
        "amber_alert": "AMBER alert",
        "silver_alert": "SILVER alert",
        "missing_person": "Missing person",
        "missing_endangered": "Missing endangered person",
        "bolo": "BOLO",
        "custom": "Custom",
    }
)
# What layouts may name as a list's source, and how a page says it. Empty: entered by hand.
SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {"": "this city", "local": "local", "state": "state", "national": "national"}
)


class CategoryNotAllowed(ValueError):
    """The city's policy does not name that kind of hotlist, or the law over it forbids it."""


class SourceNotAllowed(ValueError):
    """The city's policy names whose lists are used, and this is none of them."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """`named` is empty where the text names no categories; then only `forbidden` ones stay out.

    `alerting` is empty where every list may raise alerts. `sources` is empty where the text names
    none: then a file may be anybody's.
    """

    profile: Profile
    named: tuple[str, ...]
    alerting: tuple[str, ...]
    forbidden: tuple[str, ...]
    sources: tuple[str, ...]

    @classmethod
    def of(cls, profile: Profile) -> Self:
        said = profile.at("hotlists")
        listed = tuple(said["categories"] or ())
        alerting = tuple(said["alert_categories"] or ())
        # A text that says which lists raise alerts has named those lists.
        named = (*listed, *(each for each in alerting if each not in listed)) if listed else ()
        return cls(
            profile=profile,
            named=named,
            alerting=alerting,
            forbidden=tuple(said.get("forbidden_categories") or ()),
            sources=tuple(said["sources"] or ()),
        )

    def check_category(self, category: str) -> None:
        """Raise CategoryNotAllowed, with the clauses behind it."""
        if category in self.forbidden:
            place = "hotlists.forbidden_categories"
            raise CategoryNotAllowed(
                f"{self.profile.title()} may keep no hotlist for {_plain(category)}"
                f"{self._clauses(place, category)}. Nothing was added."
            )
        if self.named and category not in self.named:
            raise CategoryNotAllowed(
                f"{self.profile.city} names no hotlist for {_plain(category)}"
                f"{self._clauses('hotlists.categories')}. "
                f"Allowed: {', '.join(sorted(map(_plain, self.named)))}. Nothing was added."
            )

    def check_source(self, source: str) -> None:
        """Of a file. Raise SourceNotAllowed. What is entered by hand is the city's own."""
        if self.sources and source not in self.sources:
            whose = f"from {_plain(source)}" if source else "that does not say whose it is"
            raise SourceNotAllowed(
                f"{self.profile.city} compares with lists from {' and '.join(self.sources)}"
                f"{self._clauses('hotlists.sources')}; this is a list {whose}. Name its source in "
                "the layout, or with --source. Nothing was imported."
            )

    def raises_alerts(self, category: str) -> bool:
        """Also of lists that were there before the policy or the law changed."""
        if category in self.forbidden:
            return False
        return not self.alerting or category in self.alerting

    def choices(self) -> list[tuple[str, str]]:
        """What a person may choose from, with words for it."""
        codes = self.named or tuple(USUAL)
        return [(code, self.words(code)) for code in codes if code not in self.forbidden]

    def in_words(self) -> tuple[str, ...]:
        """What the page says about which lists may be kept here; sentences."""
        if self.named:
            named = ", ".join(map(_plain, self.named))
            said = [f"The policy names these kinds: {named}{self._clauses('hotlists.categories')}."]
        else:
            said = ["The policy names no kinds of hotlist, so any may be kept."]
        if self.forbidden:
            place = "hotlists.forbidden_categories"
            said.append(
                f"Refused in any case: {', '.join(map(_plain, self.forbidden))}"
                f"{self._clauses(place, self.forbidden[0])}."
            )
        if self.sources:
            said.append(
                f"Files must be from: {', '.join(self.sources)}{self._clauses('hotlists.sources')}."
            )
        return tuple(said)

    @staticmethod
    def words(category: str) -> str:
        return USUAL.get(category, category.replace("_", " ").capitalize())

    def _clauses(self, place: str, item: str | None = None) -> str:
        found = ", ".join(self.profile.clauses_for(place, item))
        return f" ({found})" if found else ""


def may_alert(hotlist: Hotlist) -> bool:
    """Whether the policy in force lets lists of that kind raise alerts."""
    return Kinds.of(in_force.profile(hotlist.city)).raises_alerts(hotlist.category)


def _plain(category: str) -> str:
    """Within a sentence."""
    return category.replace("_", " ")
