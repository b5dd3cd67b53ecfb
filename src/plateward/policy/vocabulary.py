"""Every act the system knows, and which words of a profile allow each one."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType


class Act(StrEnum):
    """`room:thing:verb`. What is not here cannot be done."""

    READS_SEARCH = "reads:plate:search"
    READS_VIEW = "reads:image:view"
    QUERIES_SEE = "reads:query:see"
    QUERIES_SAVE = "reads:query:save"
    ALERTS_SEE = "hotlists:alert:see"
    ALERTS_OPEN = "hotlists:alert:open"
    ALERTS_VERIFY = "hotlists:alert:verify"
    ALERTS_PASS_ON = "hotlists:alert:pass-on"  # noqa: S105 -- an act, no password
    ALERTS_CLOSE = "hotlists:alert:close"
    ALERTS_SUPPRESS = "hotlists:alert:suppress"
    HOTLISTS_EDIT = "hotlists:entry:edit"
    EXPORTS_DOWNLOAD = "custody:reads:download"
    DOWNLOADS_KEEP = "custody:download:keep"
    HOLDS_SEE = "custody:hold:see"
    HOLDS_PLACE = "custody:hold:place"
    HOLDS_APPROVE = "custody:hold:approve"
    HOLDS_OPEN = "custody:hold:open"
    HOLDS_RELEASE = "custody:hold:release"
    PRESERVE = "custody:preserved:make"
    PRESERVED_OPEN = "custody:preserved:open"
    SHARING_APPROVE = "sharing:reads:approve"
    SHARING_RECEIVE = "sharing:reads:receive"
    AUDIT_READ = "audit:log:read"
    REPORTS_MAKE = "oversight:report:make"
    POLICY_CONFIGURE = "policy:profile:configure"
    CAMERAS_MAINTAIN = "cameras:camera:maintain"
    CAMERAS_MONITOR = "cameras:camera:monitor"
    AGGREGATE_SEE = "oversight:counts:see"
    RECORDS_REVIEW = "sharing:records:review"
    LEGAL_REVIEW = "sharing:purpose:review"
    ATTEST = "upkeep:attestation:make"
    PEOPLE_ADMINISTER = "people:account:administer"
    REQUEST_OPEN = "gate:request:open"
    REVIEW_ASK = "gate:review:ask"
    PRACTICE = "people:practice:search"

    # The house's own acts. No person is ever allowed one.
    READ_RECEIVED = "intake:sighting:receive"
    ALERT_RAISED = "hotlists:alert:raise"
    READS_PURGED = "custody:reads:purge"
    HITS_PURGED = "hotlists:alert:purge"
    READS_HELD = "custody:reads:hold"


HOUSE_ACTS = frozenset(
    {Act.READ_RECEIVED, Act.ALERT_RAISED, Act.READS_PURGED, Act.HITS_PURGED, Act.READS_HELD}
)

_AGREEING = (Act.HOLDS_SEE, Act.HOLDS_APPROVE, Act.HOLDS_RELEASE)
_HOLDING = (Act.HOLDS_PLACE, *_AGREEING)
_PRESERVING = (Act.HOLDS_SEE, Act.PRESERVE, Act.PRESERVED_OPEN)

# The words a profile may write in `access.roles[].actions`, and the acts each one opens.
# Counts are open to those who audit and report, because their work is made of the same counts.
# Whoever may look may also do what comes before looking: practise, and ask in writing.
# No text has a word for holds. Whoever may open a read may ask that it be kept, and opens what is
# held under it; whoever answers for the use of the system, or for the law, agrees and lets go. One
# who looks may agree only where the text names nobody who answers: `who.COUNTERSIGNS` sees to it.
ACTS_OF_ACTION: Mapping[str, frozenset[Act]] = MappingProxyType(
    {
        "search": frozenset(
            {
                Act.READS_SEARCH,
                Act.QUERIES_SEE,
                Act.QUERIES_SAVE,
                Act.REQUEST_OPEN,
                Act.REVIEW_ASK,
                Act.PRACTICE,
            },
        ),
        "view": frozenset({Act.READS_VIEW, Act.REQUEST_OPEN, Act.HOLDS_OPEN, *_HOLDING}),
        "alerts": frozenset(
            {
                Act.ALERTS_SEE,
                Act.ALERTS_OPEN,
                Act.ALERTS_VERIFY,
                Act.ALERTS_PASS_ON,
                Act.ALERTS_CLOSE,
            }
        ),
        # Whoever may put a plate on a list may also say that one must raise no alert.
        "hotlist": frozenset({Act.HOTLISTS_EDIT, Act.ALERTS_SUPPRESS}),
        # Whoever takes a copy keeps it on record; whoever audits sees the register.
        "export": frozenset({Act.EXPORTS_DOWNLOAD, Act.DOWNLOADS_KEEP}),
        "share_approve": frozenset({Act.SHARING_APPROVE}),
        "receive_shared": frozenset({Act.SHARING_RECEIVE}),
        "audit": frozenset(
            {Act.AUDIT_READ, Act.AGGREGATE_SEE, Act.DOWNLOADS_KEEP, *_AGREEING, *_PRESERVING}
        ),
        "report": frozenset({Act.REPORTS_MAKE, Act.AGGREGATE_SEE}),
        "configure": frozenset({Act.POLICY_CONFIGURE, Act.PEOPLE_ADMINISTER, *_PRESERVING}),
        "maintain": frozenset({Act.CAMERAS_MAINTAIN}),
        "monitor": frozenset({Act.CAMERAS_MONITOR}),
        "aggregate_only": frozenset({Act.AGGREGATE_SEE}),
        "records_review": frozenset({Act.RECORDS_REVIEW}),
        "legal_review": frozenset({Act.LEGAL_REVIEW, *_AGREEING, *_PRESERVING}),
        "attest": frozenset({Act.ATTEST}),
    }
)

# A role that may do nothing but these keeps the machine running; it never sees a plate.
UPKEEP_ACTIONS = frozenset({"aggregate_only", "maintain", "monitor"})

# How a refusal names the act: "may not …".
WORDS_FOR_ACT: Mapping[Act, str] = MappingProxyType(
    {
        Act.READS_SEARCH: "search plate reads",
        Act.READS_VIEW: "open a read and its picture",
        Act.QUERIES_SEE: "see saved queries",
        Act.QUERIES_SAVE: "save a query for a case",
        Act.ALERTS_SEE: "see hotlist alerts",
        Act.ALERTS_OPEN: "open an alert and its picture",
        Act.ALERTS_VERIFY: "verify or reject an alert",
        Act.ALERTS_PASS_ON: "pass a verified alert on",
        Act.ALERTS_CLOSE: "record what came of an alert",
        Act.ALERTS_SUPPRESS: "suppress alerts on an entry or a plate",
        Act.HOTLISTS_EDIT: "change a hotlist",
        Act.EXPORTS_DOWNLOAD: "download reads",
        Act.DOWNLOADS_KEEP: "see the register of downloads, or record what became of one",
        Act.HOLDS_SEE: "see which holds there are",
        Act.HOLDS_PLACE: "ask for a hold",
        Act.HOLDS_APPROVE: "approve, refuse or review a hold",
        Act.HOLDS_OPEN: "open what is held",
        Act.HOLDS_RELEASE: "release a hold",
        Act.PRESERVE: "make or end an emergency preservation copy",
        Act.PRESERVED_OPEN: "open an emergency preservation copy",
        Act.SHARING_APPROVE: "approve sharing reads with another agency",
        Act.SHARING_RECEIVE: "receive reads that were shared",
        Act.AUDIT_READ: "read the audit log",
        Act.REPORTS_MAKE: "make a report",
        Act.POLICY_CONFIGURE: "configure the policy profile",
        Act.CAMERAS_MAINTAIN: "maintain cameras",
        Act.CAMERAS_MONITOR: "monitor cameras",
        Act.AGGREGATE_SEE: "see counts",
        Act.RECORDS_REVIEW: "review a public-records request",
        Act.LEGAL_REVIEW: "review a purpose that is not on the list",
        Act.ATTEST: "attest to the system's safeguards",
        Act.PEOPLE_ADMINISTER: "administer accounts, roles and training records",
        Act.REQUEST_OPEN: "open an access request",
        Act.REVIEW_ASK: "ask for legal review of a purpose",
        Act.PRACTICE: "practise searching on made-up plates",
        Act.READ_RECEIVED: "take in a sighting",
        Act.ALERT_RAISED: "raise an alert",
        Act.READS_PURGED: "purge expired reads",
        Act.HITS_PURGED: "purge the hits of expired reads",
        Act.READS_HELD: "copy reads under a hold",
    }
)

# What a refusal reassures the person of.
NOTHING_DONE: Mapping[Act, str] = MappingProxyType(
    {
        Act.READS_SEARCH: "Nothing was searched.",
        Act.READS_VIEW: "Nothing was opened.",
        Act.QUERIES_SEE: "No saved query was shown.",
        Act.QUERIES_SAVE: "Nothing was saved.",
        Act.ALERTS_SEE: "No alert was shown.",
        Act.ALERTS_OPEN: "The alert was not opened.",
        Act.ALERTS_VERIFY: "The alert is as it was.",
        Act.ALERTS_PASS_ON: "Nothing was passed on.",
        Act.ALERTS_CLOSE: "The alert is as it was.",
        Act.ALERTS_SUPPRESS: "Nothing was suppressed.",
        Act.HOTLISTS_EDIT: "The hotlist is as it was.",
        Act.EXPORTS_DOWNLOAD: "Nothing was downloaded.",
        Act.DOWNLOADS_KEEP: "The register is as it was.",
        Act.HOLDS_SEE: "Nothing was shown.",
        Act.HOLDS_PLACE: "Nothing is held.",
        Act.HOLDS_APPROVE: "The hold is as it was.",
        Act.HOLDS_OPEN: "Nothing was opened.",
        Act.HOLDS_RELEASE: "The hold is as it was.",
        Act.PRESERVE: "Nothing was copied or ended.",
        Act.PRESERVED_OPEN: "Nothing was opened.",
        Act.SHARING_APPROVE: "Nothing was shared.",
        Act.SHARING_RECEIVE: "Nothing was shared.",
    }
)


def in_words(acts: Collection[Act]) -> tuple[str, ...]:
    """These acts as a person would say them, in the order of the vocabulary."""
    return tuple(said for act, said in WORDS_FOR_ACT.items() if act in acts)
