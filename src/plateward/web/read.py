"""One read, whole, with its picture. It asks why again, or takes the reason of the search."""

from dataclasses import dataclass
from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from PIL import Image

from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.plates.sighting import Vehicle
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import counts, detail
from plateward.web import faults
from plateward.web.downloads_take import may_take
from plateward.web.reasons import Carried, ReasonForm, carried, carry
from plateward.web.signed_in import person_of, used_second_factor

_GONE = faults.Fault(
    404,
    "There is no such read",
    "It may have been deleted on schedule: reads are kept only as long as the city's policy says.",
    "Search again to see what is there now.",
)
DOUBTFUL = 0.8


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, read: int) -> HttpResponse:
    city = counts.city_of(read)
    if city is None:
        return faults.page(request, _GONE)
    profile = in_force.profile(city)
    form = _form(request, profile)
    why = _why(request, form)
    if why is None:
        return _ask(request, read, profile, form)
    try:
        permit = door.admit(
            person_of(request),
            Act.READS_VIEW,
            why.reason,
            cities=[city],
            query={"read": str(read), "search": why.search},
            breadth=detail.breadth_of(read),
            second_factor=used_second_factor(request),
        )
        found = detail.one(read, permit=permit)
    except Refused as refused:
        return _ask(request, read, profile, form, refused)
    except detail.NoSuchRead:
        return faults.page(request, _GONE)
    return _show(request, found, profile, permit)


def _form(request: HttpRequest, profile: Profile) -> ReasonForm:
    if request.method == "POST" and "slip" not in request.POST:
        return ReasonForm(request.POST, profiles=[profile], person=person_of(request))
    return ReasonForm(profiles=[profile], person=person_of(request))


def _why(request: HttpRequest, form: ReasonForm) -> Carried | None:
    """The search's reason while its slip is good, else the one just typed, else none yet."""
    if request.method != "POST":
        return None
    if slip := request.POST.get("slip"):
        return carried(slip, person=person_of(request))
    return Carried(form.reason()) if form.is_valid() else None


def _ask(
    request: HttpRequest,
    read: int,
    profile: Profile,
    form: ReasonForm,
    refused: Refused | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "read": read,
        "city_title": profile.title(),
        "refusals": refused.refusals if refused else (),
        "stale": "slip" in request.POST and refused is None,
    }
    status = 403 if refused else 400 if form.errors else 200
    return render(request, "staff/read_ask.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Letter:
    """A character as read. `width` is its confidence, 0 to 100."""

    text: str
    width: int
    doubtful: bool
    others: str


def _show(
    request: HttpRequest, found: detail.Detail, profile: Profile, permit: Permit
) -> HttpResponse:
    entry, person = permit.entries[profile.id], person_of(request)
    context = {
        "read": found,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "letters": _letters(found),
        "vehicle": _vehicle(found),
        "photo_size": pixels(found.photo) if found.photo else None,
        "entry": entry,
        "may_download": profile.id in may_take(person, {profile.id: profile}),
        "slip": carry(permit.reason, search=entry, person=person),
        "kept_for": profile.retention_words(),
        "clauses": profile.clauses_for("retention.reads.period"),
    }
    return render(request, "staff/read.html", context)


def _letters(found: detail.Detail) -> list[Letter]:
    return [
        Letter(
            text=character.text,
            width=round(character.confidence * 100),
            doubtful=character.confidence < DOUBTFUL,
            others=", ".join(text for text, _confidence in character.alternatives[:2]),
        )
        for character in found.characters
    ]


def _vehicle(found: detail.Detail) -> list[tuple[str, str]]:
    vehicle = found.vehicle
    speed = f"{found.speed_kmh / 1.609344:.0f} mph" if found.speed_kmh is not None else ""
    said = (
        ("Plate's state", found.region),
        ("Make", _told(vehicle, "make")),
        ("Model", _told(vehicle, "model")),
        ("Colour", _told(vehicle, "color")),
        ("Body", _told(vehicle, "body_type")),
        ("Features", ", ".join(vehicle.features)),
        ("Direction", found.direction),
        ("Speed", speed),
    )
    return [(name, value) for name, value in said if value]


def _told(vehicle: Vehicle, name: str) -> str:
    """With how sure the source is of it, where it says so."""
    value: str = getattr(vehicle, name) or ""
    confidence = vehicle.confidence_of(name)
    return f"{value} ({confidence:.0%} sure)" if value and confidence is not None else value


def pixels(photo: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, from the header alone."""
    try:
        with Image.open(BytesIO(photo)) as image:
            return image.size
    except OSError:  # Pillow's word for every broken picture; the read is shown without it
        return None
