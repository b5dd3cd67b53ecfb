"""A city's rules in words a resident can read, each with the clauses behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from plateward.oversight.cities import profile_of
from plateward.policy import in_force, page, purposes
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act, in_words
from plateward.upkeep import duties

_FIELDS: Final = {
    "plate": "Plate number",
    "image": "Photo of the vehicle and its plate",
    "timestamp": "Date and time",
    "camera_id": "Which camera",
    "geolocation": "Where the camera stands",
    "make": "Make of the vehicle",
    "model": "Model of the vehicle",
    "color": "Colour of the vehicle",
    "body_type": "Body type of the vehicle",
    "features": "Visible features, such as a roof rack or a sticker",
    "speed": "Speed of the vehicle",
}
_NEVER: Final = (
    "Faces: none are searched for or recognised",
    "People: who drives or rides is not recorded",
    "Video: only still pictures are kept",
)
_CASE_WORDS: Final = {
    "case_or_cad": "case or CAD number required",
    "criminal_investigation": "criminal case number required",
}
_NEVER_FOR: Final = {
    "non_law_enforcement_monitoring": "Watching people for any reason but law enforcement",
    "harassment_intimidation_discriminatory_profiling": "Harassment or discrimination",
    "no_legitimate_reason": "Curiosity, or any search without a legitimate reason",
    "deployment_in_private_place": "Watching a place where people expect privacy",
    "face_recognition": "Recognising faces",
    "biometric_collection": "Collecting biometrics",
    "people_tracking": "Tracking people",
    "personal": "Personal use",
    "non_work_related": "Anything outside work",
    "not_specifically_authorised": "Anything the policy does not name",
    "all_other_uses": "All other uses",
}
_SEEING: Final = (Act.READS_SEARCH, Act.READS_VIEW, Act.ALERTS_SEE)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what with reads. `may` in words."""

    title: str
    organisation: str
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """`needs`: what every search must carry. Clause ids link to the policy page."""

    instrument: str
    kept: tuple[str, ...]
    never_kept: tuple[str, ...]
    kept_for: str
    retention_clauses: tuple[str, ...]
    log_kept: tuple[str, ...]
    log_clauses: tuple[str, ...]
    access: tuple[Access, ...]
    access_clauses: tuple[str, ...]
    purposes: tuple[str, ...]
    prohibited: tuple[str, ...]
    purpose_clauses: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """A duty of people, as the public may know it: what, how often, by whom."""

    title: str
    when: str
    responsible: str


def of(city: str) -> Rules:
    """Raise NoSuchCity where none of that name is served."""
    profile = profile_of(city)
    return Rules(
        instrument=_instrument(profile),
        kept=tuple(words for field, words in _FIELDS.items() if profile.keeps_field(field)),
        never_kept=(*_fields_left_out(profile), *_NEVER),
        kept_for=profile.retention_words(),
        retention_clauses=profile.clauses_for("retention.reads.period"),
        log_kept=page.log_kept(profile),
        log_clauses=profile.clauses_for("retention.audit_log.min_period"),
        access=_access(profile),
        access_clauses=profile.clauses_for("access.roles"),
        purposes=tuple(profile.purposes.labels.values()),
        prohibited=_labels(profile.purposes.prohibited),
        purpose_clauses=profile.clauses_for("purposes.authorised"),
        needs=needs(profile),
    )


def papers(city: str) -> tuple[tuple[str, str], ...]:
    """What the policy is, since when, who answers for it: (label, value), the known ones."""
    profile = profile_of(city)
    version = in_force.history(city)[0]
    day = version.adopted_at.astimezone(profile.zone).date()
    said = (
        ("Instrument", _instrument(profile)),
        ("First reading", profile.at("instrument.first_reading")),
        ("Second reading", profile.at("instrument.second_reading")),
        ("Adopted on", profile.at("instrument.adopted_on")),
        ("Amended on", ", ".join(map(str, profile.at("instrument.amended_on")))),
        ("In force from", profile.at("instrument.effective_on")),
        ("In force here", f"version {profile.version}, since {day}, by {version.instrument}"),
        ("Answers for it", profile.at("program.responsible_officer")),
        ("Custodian of records", profile.at("program.records_custodian")),
        ("Owns the data", profile.at("program.data_owner")),
        ("Fingerprint of the city's text (SHA-256)", profile.at("source.sha256")),
        ("Fingerprint of the rules in force", profile.digest),
    )
    return tuple((label, str(value)) for label, value in said if value)


def watched(city: str) -> tuple[Watch, ...]:
    """What people do to keep the system lawful and working, and how often."""
    found = duties.of(profile_of(city))
    return tuple(Watch(duty.title, duty.on, duty.responsible) for duty in found)


def needs(profile: Profile) -> tuple[str, ...]:
    """What a search must carry in this city, in words."""
    wanted = ["purpose required"]
    if case := _CASE_WORDS.get(profile.gate.case_reference):
        wanted.append(case)
    if profile.gate.note:
        wanted.append("reason in words required")
    if profile.gate.on_request_only:
        wanted.append("open access request required")
    if profile.gate.suspicion:
        wanted.append("suspicion confirmed")
    if profile.gate.warrant:
        wanted.append("warrant confirmed, where the law requires one")
    return tuple(wanted)


def _instrument(profile: Profile) -> str:
    kind = str(profile.at("instrument.type") or "policy").replace("_", " ")
    number = profile.at("instrument.number")
    return f"{kind} {number}" if number else kind


def _fields_left_out(profile: Profile) -> tuple[str, ...]:
    return tuple(words for field, words in _FIELDS.items() if not profile.keeps_field(field))


def _access(profile: Profile) -> tuple[Access, ...]:
    return tuple(
        Access(role.title, _organisation(role.org), in_words(role.acts))
        for role in profile.roles.values()
        if role.acts.intersection(_SEEING)
    )


def _organisation(org: Any) -> str:
    return "another agency" if org == "external" else str(org)


def _labels(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(_NEVER_FOR.get(code) or purposes.known(code).label for code in codes))
