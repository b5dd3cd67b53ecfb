"""Every page keeps the strict content policy, and only what is mapped is open."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from plateward import web
from tests.web import seats

TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))
OPEN = {"/", "/city/willard-mo/", "/city/willard-mo/policy/", "/city/willard-mo/cameras/"}
CLOSED = ["/home/", "/search/", "/read/1/", "/alerts/", "/log/", "/log/willard-mo/", "/account/"]
CLOSED += ["/requests/", "/requests/ask/", "/requests/R-1/", "/reviews/ask/", "/reviews/L-1/"]
CLOSED += [
    "/duties/",
    "/duties/willard-mo/audit/",
    "/duties/willard-mo/faults/",
    "/clauses/willard-mo/",
]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_or_a_style_of_its_own(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|https?://", text)


@pytest.mark.parametrize("address", CLOSED)
def test_a_stranger_sees_no_staff_page(
    client: Client, cities: tuple[str, ...], address: str
) -> None:
    page = client.get(address)
    assert page.status_code == 302
    assert page["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("address", sorted(OPEN))
def test_the_public_pages_are_open_and_say_so_to_no_cookie(
    client: Client, cameras: dict[str, str], address: str
) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert page.cookies == {}
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_reset_password", "account_set_password"]
)
def test_nobody_signs_up_or_resets_a_password_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_pages_with_plates_are_never_kept_by_the_browser(cameras: dict[str, str]) -> None:
    ana = seats.at_the_keyboard("ana")
    for address in ("/home/", "/search/", "/alerts/", "/log/"):
        assert "no-store" in ana.get(address)["Cache-Control"], address


def test_a_password_alone_opens_nothing(cameras: dict[str, str]) -> None:
    from tests import cast

    client = Client()
    client.force_login(cast.enrolled("ana"))
    for address in ("/home/", "/search/", "/alerts/", "/log/"):
        page = client.get(address)
        assert page.status_code == 302, address
        assert page["Location"].startswith("/account/"), address


def test_every_staff_address_is_in_the_list_of_closed_ones() -> None:
    """A new page has to be added here, so that somebody asks who may open it."""
    known = {"home", "search", "read", "alerts", "alerts_stream", "log", "log_city"}
    known |= {"log_entry", "log_own_entry", "log_download"}
    known |= {"alert", "alert_verify", "alert_reject", "alert_pass_on", "alert_close"}
    known |= {"alert_counts", "alert_counts_city", "alert_suppress"}
    known |= {"suppressions", "suppression_new", "suppression_end"}
    known |= {"hotlists", "hotlist_add", "hotlist_entries", "hotlist_entry", "hotlist_file"}
    known |= {"hotlist_past", "hotlist_report"}
    known |= {"notices", "notices_new", "notices_change", "notices_browser"}
    known |= {"devices", "device", "device_unlink", "camera_health"}
    known |= {"duties", "duty", "faults", "fault_close", "trace"}
    known |= {"requests", "request", "request_ask", "request_close", "review", "review_ask"}
    known |= {"manage", "people", "people_new", "people_changes", "person", "standing"}
    known |= {"help", "help_city", "practice", "practice_choose"}
    known |= {"policy", "policy_text", "policy_version", "policy_clause"}
    known |= {"policy_changes", "policy_adopt", "policy_discard"}
    named = {p.name for p in get_resolver().url_patterns if getattr(p, "name", None)}
    public = {name for name in named if name.startswith("public")}
    account = {name for name in named if name.startswith(("account_", "mfa_", "openid_connect_"))}
    account |= {"notice", "usersessions_list", "locked", "lock", "session"}
    assert named - public - account == known


@pytest.mark.django_db
@pytest.mark.usefixtures("cities")
def test_the_policy_page_does_not_claim_what_is_not_built(client: Client) -> None:
    page = client.get("/city/willard-mo/policy/").content.decode()
    holds = page[page.index('id="WIL-6.2"') :]
    holds = holds[: holds.index("</article>")]
    assert "Not built yet" in holds
    assert "Enforced" not in holds
    assert "Waits for: holds on reads" in holds
