"""A street for the demo region: two RTSP cameras, an agent beside each, another maker's messages.

    make demo            in one terminal
    make street          in another; or, to have it played through in Chromium:
    .venv/bin/python -m tools.street --play build/street

Everything goes the way it would in a city: photos play as live cameras, `plateward watch` reads and
signs them, a Rekor agent's group message comes in under a camera's own secret. One of the vehicles
that drives by is on the demo's hotlist, so an alert appears on the board. What GStreamer needs is
named in `tools/rtsp_server.py`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click
import requests

from plateward.cli import house

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT: Final = Path(__file__).resolve().parents[1]
AGENT: Final = Path(sys.executable).with_name("plateward")
MESSAGE: Final = ROOT / "tests" / "vectors" / "payloads" / "openalpr" / "alpr_group_v3_final.json"
CLERK: Final = "console:street"
REKOR: Final = "wil-rekor-demo"  # the camera whose agent is another maker's
EVERY: Final = 20.0  # seconds between the Rekor agent's messages
PATIENCE_MS: Final = 90_000
SETTLED_MS: Final = 8_000
# By camera: photos that drive by; the wanted vehicle's is added to the first.
STREET: Final = {
    "wil-160-jackson": ["us-silver-wagon.jpg"],
    "ode-131-i70": ["us-california-limousine.jpg", "pk-red-coupe.jpg"],
}


class NoStreet(click.ClickException):
    """Something the street needs is not there; nothing was started."""


def main() -> None:
    parser = argparse.ArgumentParser(description="A street for the demo region.")
    parser.add_argument("--port", type=int, default=8000, help="Where `make demo` serves.")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--play", type=Path, metavar="FOLDER", help="Verify a hit, with pictures.")
    said = parser.parse_args()
    home = Path(os.environ.setdefault("PLATEWARD_HOME", str(ROOT / ".demo")))
    os.environ["PLATEWARD_DEMO"] = "yes"
    try:
        site = _site(said.port)
        house.open_up()
        with ExitStack() as stack:
            _open(stack, home / "street", site)
            secret = _secret(home / "street")
            if said.play:
                _post(site, secret)
                _play(site, said.play)
            else:
                _go_on(site, secret, until=time.monotonic() + said.seconds)
    except click.ClickException as wrong:
        sys.exit(wrong.message)
    except KeyboardInterrupt:
        print("The street is closed. The demo goes on.")


def _site(port: int) -> str:
    site = f"http://127.0.0.1:{port}"
    try:
        requests.get(site, timeout=10)
    except requests.RequestException:
        raise NoStreet(
            f"Nobody serves {site}. Nothing was started. Run `make demo` in another terminal, or "
            "name its port with --port."
        ) from None
    return site


def _open(stack: ExitStack, folder: Path, site: str) -> None:
    """Cameras and agents, which go when the stack closes."""
    from plateward.cli import demo_build

    if not demo_build.is_done():
        raise NoStreet("There is no demo region here. Nothing was started. Run `make demo` first.")
    folder.mkdir(exist_ok=True, mode=0o700)
    wanted = _photo_of(demo_build.told().plate)
    for code, names in STREET.items():
        photos = [wanted, *names] if code == demo_build.ALERT_CAMERA else names
        address = stack.enter_context(_camera(code, photos))
        stack.enter_context(_agent(code, address, folder / code, site))
        print(f"{code}: {address}, with an agent beside it")


def _photo_of(plate: str) -> str:
    from plateward.cli import demo_build

    told = json.loads((demo_build.SAMPLES / "labels.json").read_text(encoding="utf-8"))
    shows = [each["file"] for each in told if plate in each["plates"]]
    if not shows:
        raise NoStreet(f"No bundled photo shows {plate}. Nothing was started.")
    return str(shows[0])


@contextmanager
def _camera(code: str, photos: list[str]) -> Iterator[str]:
    """Give its address."""
    from plateward.cli import demo_build

    clips = [word for photo in photos for word in ("--clip", str(demo_build.SAMPLES / photo))]
    program = [sys.executable, str(ROOT / "tools" / "test_camera.py"), *clips]
    program += ["--size", "1280x720", "--fps", "5", "--port", "0", "--path", f"/{code}"]
    with _running(program) as camera:
        ready = camera.stdout.readline().split() if camera.stdout else []
        if len(ready) != 2:
            raise NoStreet(
                "The test camera did not start; its reason is above. tools/rtsp_server.py names "
                "the packages that it needs."
            )
        yield f"rtsp://127.0.0.1:{ready[1]}/{code}"


@contextmanager
def _agent(code: str, address: str, folder: Path, site: str) -> Iterator[None]:
    from plateward.cameras import agents
    from plateward.edge import keys

    try:
        public = keys.make(folder).public
        agents.register_key(code, public, by=CLERK, keep_secret=True)
    except keys.KeyThere:
        pass  # of an earlier street, registered then
    program = [str(AGENT), "watch", "--camera", code, "--source", address, "--server", site]
    program += ["--folder", str(folder), "--fps", "2"]
    with (folder / "told.log").open("w") as told, _running(program, told):
        yield


@contextmanager
def _running(
    program: list[str], told: IO[str] | int = subprocess.PIPE
) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=told, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _go_on(site: str, secret: str, *, until: float) -> None:
    print(f"{REKOR}: a message as Rekor's agents send them, every {EVERY:.0f} seconds")
    print(f"Sign in as ana at {site}/sign-in/ and open the alerts. Ctrl-C closes the street.")
    while time.monotonic() < until:
        stored = _post(site, secret)
        print(f"{datetime.now(UTC):%H:%M:%S} Rekor's message: {stored} read stored", flush=True)
        time.sleep(max(0.0, min(EVERY, until - time.monotonic())))


def _secret(folder: Path) -> str:
    """Of the camera that another maker's agent speaks for; registered with the first street."""
    from django.utils import timezone

    from plateward.cameras import register
    from plateward.cli import demo_region

    kept = folder / "rekor-secret"
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    today = timezone.localdate()
    beside = demo_region.cameras(today)[0]
    site = register.Site(
        code=REKOR,
        city=beside.city,
        title="US 160, eastbound (Rekor)",
        place="US 160 and Jackson St, east side",
        place_type=beside.place_type,
        latitude=beside.latitude,
        longitude=beside.longitude + 0.002,
        approved_by=beside.approved_by,
        approved_on=beside.approved_on,
    )
    secret = register.add(site, by=CLERK)
    kept.touch(mode=0o600)
    kept.write_text(secret, encoding="utf-8")
    return secret


def _post(site: str, secret: str) -> int:
    """Send the message as of now; how many reads were stored."""
    answer = requests.post(
        f"{site}/api/v1/vendors/openalpr",
        json=_of_now(json.loads(MESSAGE.read_text(encoding="utf-8"))),
        headers={"Authorization": f"Bearer {REKOR}:{secret}"},
        timeout=30,
    )
    if not answer.ok:
        raise NoStreet(f"The message was not taken ({answer.status_code}): {answer.text}")
    return int(answer.json()["stored"])


def _of_now(group: dict[str, Any]) -> dict[str, Any]:
    """The recorded message with its times, and the names made of them, moved to this moment."""
    then, now = group["epoch_start"], int(time.time() * 1000)
    moved = json.dumps(group).replace(f"-{then}", f"-{now}")
    found: dict[str, Any] = json.loads(moved)
    found |= {"epoch_start": now, "epoch_end": now + 1800}
    found.pop("camera_id", None)  # it speaks for itself alone
    return found


def _play(site: str, folder: Path) -> None:
    """Ana sees the hit come in, verifies it, passes it on and closes it; a picture of each."""
    from playwright.sync_api import sync_playwright

    from tests import lanes

    if reason := lanes.why_no_browser():
        raise NoStreet(f"{reason} Nothing was played.")
    folder.mkdir(parents=True, exist_ok=True)
    password, code = _keys_of_ana()  # asked now: beside a browser, Django refuses every query
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=lanes.chromium(), args=["--no-sandbox"]
        )
        page = browser.new_page(base_url=site, viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        _sign_in(page, password, code)
        _handle(page, folder)
        browser.close()


def _keys_of_ana() -> tuple[str, str]:
    from plateward.cli import demo_build
    from plateward.people import second_factor

    return demo_build.told().password, second_factor.codes_now()["ana"]


def _sign_in(page: "Page", password: str, code: str) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="I understand and agree").click()
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home/")


def _open_alert(page: "Page", came: str) -> None:
    """Beside the list; the reason is asked once a sitting."""
    page.locator(f"#{came} [data-open]").click()
    page.locator(".opened-title").wait_for()
    if "Why do you open" in page.locator(".opened-title").inner_text():
        page.get_by_label("Purpose").select_option("stolen_wanted_or_interest_vehicle")
        page.get_by_role("button", name="Open the alert").click()


def _handle(page: "Page", folder: Path) -> None:
    page.goto("/alerts/")
    there = [card.get_attribute("id") for card in page.locator("[data-alert]").all()]
    print("The board is open. Waiting for the wanted vehicle to drive by.", flush=True)
    page.wait_for_function(
        "there => [...document.querySelectorAll('[data-alert]')].some("
        "card => !there.includes(card.id))",
        arg=there,
    )
    cards = page.locator("[data-alert]").all()
    came = next(n for card in cards if (n := card.get_attribute("id")) and n not in there)
    page.wait_for_timeout(SETTLED_MS)  # a preview raised it; the picture comes with the final read
    page.screenshot(path=folder / "1-a-hit.png")
    _open_alert(page, came)
    page.get_by_role("heading", name="Verify: compare").wait_for()
    for thing in ("plate", "state", "vehicle"):
        page.locator(f"[data-verify] input[name={thing}]").first.check()
    page.screenshot(path=folder / "2-compared.png", full_page=True)
    page.get_by_role("button", name="Verify", exact=True).click()
    page.get_by_label("To whom").fill("unit 12, by radio")
    page.screenshot(path=folder / "3-verified.png", full_page=True)
    page.get_by_role("button", name="Passed on").click()
    page.locator(".steps").get_by_text("unit 12, by radio").wait_for()
    page.get_by_label("Outcome").select_option("recovery")
    page.get_by_role("button", name="Close the alert").click()
    page.get_by_text("What came of it is on record.").wait_for()
    page.screenshot(path=folder / "4-closed.png", full_page=True)
    print(f"Seen, verified, passed on and closed. The pictures are in {folder}.")


if __name__ == "__main__":
    main()
