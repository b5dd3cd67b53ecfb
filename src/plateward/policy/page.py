"""A profile as lines a council can read, each with the clauses behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plateward.policy import overlays
from plateward.policy.clauses import Clause
from plateward.policy.profile import STRUCTURAL_FIELDS, Profile
from plateward.policy.verdict import Because, behind_role, cited

_ANCHORS = {
    "captured_at": "from when the vehicle was seen",
    "recorded_at": "from when the camera recorded it",
    "downloaded_to_server_at": "from when it reached the server",
}
_CASES = {
    "none": "no case number is asked for",
    "case_or_cad": "a case or CAD number each time",
    "criminal_investigation": "the case number of a criminal investigation",
}


def summary(profile: Profile) -> tuple[str, ...]:
    """Five lines: enough to see that it is the right city's policy."""
    retention, purposes = profile.retention, profile.purposes
    mode = "open" if purposes.is_open else "closed"
    listed = f"{len(purposes.authorised)} purposes ({mode} list)"
    return (
        f"Reads are kept {retention.period.words()}, {_ANCHORS[retention.anchor]}.",
        f"{len(profile.roles)} roles; {listed}; {len(purposes.prohibited)} prohibited uses.",
        f"A search needs {_CASES[profile.gate.case_reference]}.",
        f"Fields kept: {', '.join(kept_fields(profile))}.",
        f"{_count(profile)} clauses are known for this city.",
    )


def silent_words(profile: Profile) -> str:
    open_to = [each for each in profile.unanswered if not each.must_fill]
    if not profile.unanswered:
        return "Every silence of the text is answered."
    if not open_to:
        return "Nothing else is open: the text speaks wherever it has to."
    lines = [f"  {each.path}: {_said(each.default)}, because {each.why}" for each in open_to]
    head = "The text is silent here. Before adoption a named person accepts or replaces each:"
    return "\n".join([head, *lines])


def kept_fields(profile: Profile) -> tuple[str, ...]:
    return tuple(name for name in profile.at("collection.fields") if profile.keeps_field(name))


def lines(profile: Profile) -> Iterator[str]:
    version = f"version {profile.version}" if profile.version else "as shipped, not adopted"
    yield f"{profile.title()}: policy on automated licence plate readers ({version})"
    yield f"digest {profile.digest}"
    yield from _section("Who may do what", _roles(profile))
    yield from _section("Before a person may search", _before(profile))
    yield from _section("What it may be used for", _purposes(profile))
    yield from _section("What is kept of a read", _kept(profile))
    yield from _section("How long", _how_long(profile))
    for overlay in profile.overlays:
        yield from _section(overlays.title(overlay), _rows(profile, overlay))
    if profile.suspended:
        yield from _section("Suspended: without force for now", _suspended(profile))
    yield ""
    yield silent_words(profile)
    answered = [f"  {each.path}: {each.said} ({each.by}: {each.why})" for each in answers(profile)]
    yield from ["", "Answered where the text is silent:", *answered] if answered else []


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody decided for the city where its text is silent. `accepted`: as we proposed."""

    path: str
    said: str
    by: str
    why: str
    accepted: bool


def answers(profile: Profile) -> tuple[Answered, ...]:
    """In words, each with who gave it."""
    return tuple(
        Answered(path, _said(each.value), each.by, each.why, each.accepted_default)
        for path, each in profile.answers.items()
    )


def _rows(profile: Profile, overlay: str) -> Iterator[str]:
    for clause in profile.clauses:
        if clause.city == overlay:
            yield f"{clause.id}: {clause.paraphrase}"


def _suspended(profile: Profile) -> Iterator[str]:
    for each in profile.suspended.values():
        since = f", since {each.since}" if each.since else ""
        yield f"{each.clause}: {each.reference} (recorded by {each.by}{since})"


def as_data(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "title": profile.title(),
        "version": profile.version,
        "digest": profile.digest,
        "profile": _plain(profile.values),
        "answers": {
            path: {"value": _plain(answer.value), "by": answer.by, "why": answer.why}
            for path, answer in profile.answers.items()
        },
        "unanswered": {
            silence.path: {"default": _plain(silence.default), "why": silence.why}
            for silence in profile.unanswered
        },
        "overlays": list(profile.overlays),
        "suspended": {
            each.clause: {"reference": each.reference, "by": each.by, "since": each.since}
            for each in profile.suspended.values()
        },
        "clauses": [_clause(each) for each in profile.clauses if each.city == profile.id],
        "laws": [_clause(each) for each in profile.clauses if each.city != profile.id],
    }


def _count(profile: Profile) -> int:
    return sum(clause.city == profile.id for clause in profile.clauses)


def _section(title: str, body: Iterator[str]) -> Iterator[str]:
    yield from ("", title)
    yield from (f"  {line}" for line in body)


def _roles(profile: Profile) -> Iterator[str]:
    for role in profile.roles.values():
        only = ", sworn officers only" if role.sworn else ""
        may = ", ".join(action.replace("_", " ") for action in role.actions)
        words = f"{role.title} ({role.org}{only}): {may}"
        yield _line(profile, words, *behind_role(role))


def _before(profile: Profile) -> Iterator[str]:
    training, gate = profile.training, profile.gate
    if training.before_access:
        yield _line(profile, "training", "training.before_access")
    if training.renew_every is not None:
        words = f"training renewed every {training.renew_every.words()}"
        yield _line(profile, words, "training.renew_every")
    if training.good_standing:
        yield _line(profile, "good standing", "training.good_standing")
    if gate.second_factor:
        yield _line(profile, "a second factor at sign-in", "access.auth.mfa")
    if gate.note:
        yield _line(profile, "the reason", "access.query_gate.required_fields")
    if gate.on_request_only:
        yield _line(profile, "an open request of an agency", "access.on_request_only")
    yield _line(profile, _CASES[gate.case_reference], "access.query_gate.case_reference")


def _purposes(profile: Profile) -> Iterator[str]:
    for purpose in profile.purposes.authorised:
        yield _line(profile, purpose.label, ("purposes.authorised", purpose.code))
    beyond = "anything else needs legal review first" if profile.purposes.is_open else "no other"
    yield _line(profile, f"Beyond the list: {beyond}", "purposes.mode")
    for code in profile.at("purposes.prohibited"):
        words = f"Prohibited: {code.replace('_', ' ')}"
        yield _line(profile, words, ("purposes.prohibited", code))


def _kept(profile: Profile) -> Iterator[str]:
    for name, said in profile.at("collection.fields").items():
        unset = "kept, always" if name in STRUCTURAL_FIELDS else "not named, so dropped"
        words = f"{name.replace('_', ' ')}: {unset if said == 'unset' else said}"
        yield _line(profile, words, f"collection.fields.{name}")


def _how_long(profile: Profile) -> Iterator[str]:
    retention = profile.retention
    words = f"reads: {retention.period.words()}, {_ANCHORS[retention.anchor]}"
    yield _line(profile, words, "retention.reads.period")
    grounds = ", ".join(retention.hold_grounds).replace("_", " ") or "none is written"
    yield _line(profile, f"grounds to keep longer: {grounds}", "retention.holds.grounds")
    places = ("retention.audit_log.min_period", "retention.audit_log.max_period")
    yield _line(profile, "; ".join(log_kept(profile)), *places)


def log_kept(profile: Profile) -> tuple[str, str]:
    """How long the log is kept, and when what is private in it goes."""
    least, most = profile.retention.audit_log, profile.retention.audit_log_at_most
    kept = f"kept at least {least.words()}" if least else "never deleted"
    gone = f"erased after {most.words()}" if most else "no end set"
    return f"entries of the log: {kept}", f"their private parts: {gone}"


def _line(profile: Profile, words: str, *because: Because) -> str:
    ids = cited(profile, because)
    return f"{words}  [{', '.join(ids)}]" if ids else words


def _said(value: Any) -> str:
    if value is None:
        return "nothing is required"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_said(held)}" for key, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said(held) for held in value) or "nothing"
    return str(value).replace("_", " ")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(held) for held in value]
    return value


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "kind": clause.kind,
        "enforcement": clause.enforcement,
        "paraphrase": clause.paraphrase,
        "parameters": {path: _plain(value) for path, value in clause.parameters},
    }
