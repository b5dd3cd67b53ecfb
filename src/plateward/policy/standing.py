"""What policy needs to know of a person in one city, and no more."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Standing:
    """Every default refuses wherever the profile asks.

    `authorised_until` None: the authorisation names no last day. `trained_topics`: topics whose
    training is in force today. `retrain_since`: training older than this no longer counts, because
    the law, the policy or the technology changed. `attested`: what a named person attested of this
    one, such as "lasd_policy_compliance"; "agency" says that they may hold the role although their
    agency is another. `permitted_until`: the last day of the City's own written permission to a
    contractor to open reads; None: there is none.
    """

    role: str | None = None
    sworn: bool | None = None
    authorised_until: date | None = None
    authorised: bool = False
    trained_on: date | None = None
    good_standing: bool = False
    signed_in_with_second_factor: bool = False
    agency: str = ""
    trained_topics: frozenset[str] = frozenset()
    retrain_since: date | None = None
    attested: frozenset[str] = frozenset()
    permitted_until: date | None = None
