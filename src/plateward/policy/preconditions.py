"""Which preconditions each act has, beyond a role, an authorisation and a sign-in."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from plateward.policy.vocabulary import HOUSE_ACTS, Act


class Need(StrEnum):
    """What may be asked of a person before an act; the profile says whether and how strictly."""

    TRAINING = "training and good standing"
    PURPOSE = "a purpose of the city's list"
    NOTE = "a reason in words"
    CASE = "a case or CAD number"
    REQUEST = "an open access request"
    EVIDENCE = "a purpose for which copies may leave"


_LOOKING = frozenset({Need.TRAINING, Need.PURPOSE, Need.NOTE, Need.CASE, Need.REQUEST})

NEEDS: Mapping[Act, frozenset[Need]] = MappingProxyType(
    {
        # Each of these brings a person's past movements into view: everything is asked, each time.
        Act.READS_SEARCH: _LOOKING,
        Act.READS_VIEW: _LOOKING,
        # A copy leaves the system's reach, so what it is for is looked at once more.
        Act.EXPORTS_DOWNLOAD: _LOOKING | {Need.EVIDENCE},
        # An alert comes unasked, and its reason stands in the hotlist entry. Opening the read
        # behind it is READS_VIEW, where purpose and case are asked.
        Act.ALERTS_SEE: frozenset({Need.TRAINING}),
        # The entry will stop cars: it needs a reason of its own, before there is a case to name.
        Act.HOTLISTS_EDIT: frozenset({Need.TRAINING, Need.PURPOSE, Need.NOTE}),
        # The case belongs to the agency that asks, and stands in its request.
        Act.SHARING_APPROVE: frozenset({Need.TRAINING, Need.PURPOSE}),
        Act.SHARING_RECEIVE: frozenset({Need.TRAINING, Need.PURPOSE}),
        # Log entries name the plates that were asked for, so the reader is trained as well.
        Act.AUDIT_READ: frozenset({Need.TRAINING}),
        # These show no plate; a statute or the ordinance makes them somebody's duty.
        Act.REPORTS_MAKE: frozenset(),
        Act.POLICY_CONFIGURE: frozenset(),
        Act.CAMERAS_MAINTAIN: frozenset(),
        Act.CAMERAS_MONITOR: frozenset(),
        Act.AGGREGATE_SEE: frozenset(),
        Act.LEGAL_REVIEW: frozenset(),
        Act.ATTEST: frozenset(),
        Act.PEOPLE_ADMINISTER: frozenset(),
        # A request says what the access is for, before there is any.
        Act.REQUEST_OPEN: frozenset({Need.PURPOSE, Need.CASE}),
        # Asking is the remedy, so nothing stands before it; practice shows made-up plates only.
        Act.REVIEW_ASK: frozenset(),
        Act.PRACTICE: frozenset(),
        # A public-records request has a legal clock; training must not be what runs it out.
        Act.RECORDS_REVIEW: frozenset(),
    }
)

PEOPLES_ACTS = frozenset(Act) - HOUSE_ACTS
