"""What is stricter than what, at each place of a profile where a law may tighten a city's text.

A demand is a verb and a value. Taking a demand into account gives the stricter of what stands there
and what is demanded, never anything laxer, and taking it into account again changes nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from plateward.policy import shape
from plateward.policy.periods import NotAPeriod, Period
from plateward.policy.wording import listed, shown


class Verb(StrEnum):
    """How a demand is written: `training.renew_every: {at_most: P1Y}`."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    IS = "is"
    ONLY = "only"
    WITHOUT = "without"
    WITH = "with"
    IF_SILENT = "if_silent"
    MUST_SAY = "must_say"


# From the laxest word to the strictest; None is silence.
RANKS: Final[Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        "program.policy_posted": (False, None, True),
        "collection.location_register.required": (False, None, True),
        "collection.location_register.published": (False, None, True),
        "collection.face_recognition": (None, "forbidden"),
        "collection.biometrics": (None, "forbidden"),
        "purposes.mode": ("open_list", "closed_list"),
        "purposes.beyond_policy": (
            "as_otherwise_permitted_by_law",
            "prior_legal_review",
            None,
            "forbidden",
        ),
        "purposes.suspicion_required": (
            "not_required",
            None,
            "reason",
            "reasonable_suspicion",
            "warrant",
        ),
        "purposes.code_enforcement": ("allowed", None, "forbidden"),
        "purposes.traffic_or_parking": ("allowed", None, "forbidden"),
        "purposes.warrant_reminder": (None, "required"),
        "access.on_request_only": (False, True),
        "access.auth.login_password": (None, "required"),
        "access.auth.unique_account": (None, "required"),
        "access.auth.mfa": ("not_required", None, "required"),
        "access.auth.password_hash": (None, "pbkdf2_sha256_600k"),
        "access.banner": (None, "required"),
        "access.lockout.released_by": (None, "administrator"),
        "access.query_gate.case_reference": (
            "none",
            None,
            "case_or_cad",
            "criminal_investigation",
        ),
        "access.query_gate.unknown_case": ("flagged", None, "refused"),
        "hotlists.second_person": (None, "required"),
        "hotlists.notices.plate_text": (True, None, False),
        "training.before_access": (False, None, True),
        "training.good_standing": (None, "required"),
        "training.in_product_help": (None, "required"),
        "retention.exports.indefinite": (None, "forbidden"),
        "exports.local.default": ("allowed", None, "forbidden"),
        "sharing.request.form": (None, "written_or_mou", "written"),
        "sharing.retain_request": (False, None, True),
        "sharing.receipt": (None, "written_acknowledgement"),
        "sharing.recipient_policy_applies": (True, None, False),
        "sharing.custody_transfers": (True, None, False),
        "sharing.sale": (None, "forbidden_for_contractor", "forbidden"),
        "sharing.outside_state": (None, "forbidden"),
        "sharing.federal": (None, "forbidden"),
        "sharing.private_parties": (None, "forbidden"),
        "public_records.release_before_review": (None, "forbidden"),
        "public_records.denial_in_writing": (None, "required"),
        "transparency.portal": (None, "required"),
        "review.on_law_change": (False, None, True),
    }
)

# The shorter or lower the stricter.
_CEILINGS: Final = frozenset(
    {
        "retention.reads.period",
        "retention.reads.max_lateness",
        "retention.audit_log.max_period",
        "retention.exports.period",
        "retention.exports.max_after_case_resolution",
        "training.renew_every",
        "audits.every",
        "audits.log_review_every",
        "monitoring.check_every",
        "review.policy_every",
        "hotlists.fresh_for",
        "hotlists.max_entry_period",
        "access.accounts.review_every",
        "access.accounts.dormant_after",
        "access.session.lock_after",
        "access.session.sign_in_again_after",
        "access.lockout.attempts",
        "access.breadth.radius_m",
        "public_records.respond_within_business_days",
        "breach.attorney_general_above",
    }
)
# The longer or higher the stricter.
_FLOORS: Final = frozenset(
    {
        "retention.audit_log.min_period",
        "training.records_kept",
        "access.lockout.within",
        "access.auth.password_min_length",
        "access.breadth.known_characters",
        "breach.min_posting_days",
        "breach.assessment_kept",
    }
)
# Lists of what is allowed: fewer is stricter.
GRANTS: Final = frozenset(
    {
        "access.roles",
        "purposes.authorised",
        "exports.local.allowed_for",
        "sharing.recipients",
        "collection.camera_kinds",
        "collection.media",
        "vendor.purposes",
        "retention.holds.grounds",
        "retention.exports.extend_while",
        "public_records.exceptions",
        "access.session.exempt_roles",
    }
)
# Lists of what is asked for or forbidden: more is stricter.
_DEMANDS: Final = frozenset(
    {
        "purposes.prohibited",
        "access.preconditions",
        "access.query_gate.required_fields",
        "access.log.required_fields",
        "training.topics",
        "training.update_on",
        "collection.forbidden_places",
        "hotlists.forbidden_categories",
        "hotlists.confirm",
        "sharing.conditions",
        "sharing.request.fields",
        "security.safeguards",
        "breach.methods",
        "breach.notice.headings",
    }
)
# Names and texts, of which none is stricter than another: a law may only break the silence.
_NAMES: Final = frozenset(
    {
        "program.responsible_officer",
        "program.records_custodian",
        "sharing.approver",
        "audits.by",
        "public_records.law",
        "public_records.reviewer",
        "public_records.default",
        "security.storage",
        "security.encryption",
        "breach.law",
        "breach.notice.title",
    }
)


def verbs(path: str) -> frozenset[Verb]:
    """The verbs with which something may be demanded at this place."""
    if shape.place(path) is None:
        return frozenset()
    found = {Verb.MUST_SAY}
    by_kind = (
        (RANKS, {Verb.IS}),
        (_CEILINGS, {Verb.AT_MOST}),
        (_FLOORS, {Verb.AT_LEAST}),
        (GRANTS - {"access.roles"}, {Verb.ONLY, Verb.WITHOUT}),
        (_DEMANDS, {Verb.WITH}),
        (_NAMES, {Verb.IF_SILENT}),
    )
    for places, of_kind in by_kind:
        found |= of_kind if path in places else set()
    if path.startswith("collection.fields."):
        found.add(Verb.IS)
    return frozenset(found)


def fault(path: str, verb: Verb, value: Any) -> str:
    """Why nobody may demand this at this place of the schema; "" where they may."""
    possible = verbs(path)
    if verb not in possible:
        words = listed(sorted(possible))
        return f"{verb} could loosen this place: an overlay may only write {words} here"
    if verb is Verb.IS:
        return _word_fault(path, value)
    if verb in (Verb.ONLY, Verb.WITHOUT, Verb.WITH):
        return "" if _are_words(value) else f"{verb} takes a list of words, not {shown(value)}"
    if verb is Verb.MUST_SAY:
        return "" if value is True else f"must_say takes true, not {shown(value)}"
    fits = value is not None and shape.fits(path, value)
    return _bound_fault(verb, value) if fits else f"{shown(value)} cannot stand here"


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def tightened(path: str, verb: Verb, held: Any, value: Any) -> Any:
    """The stricter of what is held and what is demanded. The demand has no fault."""
    if verb in (Verb.ONLY, Verb.WITHOUT, Verb.WITH):
        return _listed(verb, held or [], value)
    if verb in (Verb.AT_MOST, Verb.AT_LEAST):
        return _bounded(verb, held, value)
    if verb is Verb.IS:
        rank = rank_of(path)
        known = held in rank and rank.index(held) >= rank.index(value)
        return held if known else value
    return value if verb is Verb.IF_SILENT and held is None else held


def _listed(verb: Verb, held: list[str], value: list[str]) -> list[str]:
    if verb is Verb.WITH:
        return [*held, *(item for item in value if item not in held)]
    return [item for item in held if (item in value) is (verb is Verb.ONLY)]


def meets(verb: Verb, held: Any, value: Any) -> bool:
    """Whether the demand is what binds here: it is met, and nothing stricter stands there."""
    if verb in (Verb.IS, Verb.IF_SILENT, Verb.AT_MOST, Verb.AT_LEAST):
        return bool(held == value)
    return verb is not Verb.MUST_SAY


def rank_of(path: str) -> tuple[Any, ...]:
    if path.startswith("collection.fields."):
        return ("required", "allowed", "unset", "forbidden")
    return RANKS[path]


def laxer_than_silence(path: str) -> tuple[Any, ...]:
    """The words at this place that allow more than saying nothing would."""
    rank = RANKS.get(path, ())
    return rank[: rank.index(None)] if None in rank else rank[:-1]


def _word_fault(path: str, value: Any) -> str:
    rank = rank_of(path)
    stricter = [word for word in rank if word is not None][-1:]
    above_silence = rank[rank.index(None) + 1 :] if None in rank else rank[1:]
    if value in above_silence:
        return ""
    known = value in rank
    said = "would loosen this place" if known else "cannot stand here"
    return f"{shown(value)} {said}: the strictest word is {shown(stricter[0])}"


def _bound_fault(verb: Verb, value: Any) -> str:
    if verb is Verb.IF_SILENT or not isinstance(value, str):
        return ""
    try:
        Period.parse(value)
    except NotAPeriod as problem:
        return str(problem)
    return ""


def _bounded(verb: Verb, held: Any, value: Any) -> Any:
    if held is None or held == "regular":  # a vague word is no bound
        return value
    if isinstance(value, str):
        return _bounded_period(verb, held, value)
    return min(held, value) if verb is Verb.AT_MOST else max(held, value)


def _bounded_period(verb: Verb, held: str, value: str) -> str:
    """A month and thirty days cannot be told apart for every month: then what is safe for all."""
    ours, theirs = Period.parse(held), Period.parse(value)
    if (ours.months, ours.exact) == (theirs.months, theirs.exact):
        return held
    shorter = held if _most(ours) <= _least(theirs) else ""
    shorter = value if _most(theirs) <= _least(ours) else shorter
    if verb is Verb.AT_MOST:
        return shorter or f"P{min(_least(ours), _least(theirs)).days}D"
    longer = {held: value, value: held}.get(shorter)
    return longer or f"P{max(_most(ours), _most(theirs)).days}D"


def may_be_shorter(one: Period, other: Period) -> bool:
    """Whether `one` would end before `other` somewhere in the calendar."""
    if one.months >= other.months and one.exact >= other.exact:
        return False
    return _least(one) < _most(other)


def _least(period: Period) -> timedelta:
    years, months = divmod(period.months, 12)
    return timedelta(days=years * 365 + months * 28) + period.exact


def _most(period: Period) -> timedelta:
    years, months = divmod(period.months, 12)
    return timedelta(days=years * 366 + months * 31) + period.exact
