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


_KNOWN = """
    alert alert_close alert_counts alert_counts_city alert_pass_on alert_reject alert_suppress
    alert_verify alerts alerts_stream camera_health device device_unlink devices download
    download_key download_receipt download_step download_take downloads duties duty fault_close
    faults help help_city hold hold_decide hold_new hold_open hold_paper hold_preserve
    hold_release hold_review holds home hotlist_add hotlist_entries hotlist_entry hotlist_file
    hotlist_past hotlist_report hotlists log log_city log_download log_entry log_own_entry
    manage media media_drive media_receipt media_step notices notices_browser notices_change
    notices_new people people_changes people_new person policy policy_adopt policy_changes
    policy_clause policy_discard policy_text policy_version practice practice_choose
    preserved_end preserved_open preserved_paper preserved_review read request request_ask
    request_close requests review review_ask saved saved_delete saved_keep saved_one search
    standing suppression_end suppression_new suppressions trace
"""
KNOWN = frozenset(_KNOWN.split())


def test_every_staff_address_is_in_the_list_of_closed_ones() -> None:
    """A new page has to be added here, so that somebody asks who may open it."""
    named = {p.name for p in get_resolver().url_patterns if getattr(p, "name", None)}
    public = {name for name in named if name.startswith("public")}
    account = {name for name in named if name.startswith(("account_", "mfa_", "openid_connect_"))}
    account |= {"notice", "usersessions_list", "locked", "lock", "session"}
    assert named - public - account == KNOWN


@pytest.mark.django_db
@pytest.mark.usefixtures("cities")
def test_the_policy_page_does_not_claim_what_is_not_built(client: Client) -> None:
    page = client.get("/city/willard-mo/policy/").content.decode()
    waits = page[page.index('id="WIL-8.1"') :]
    waits = waits[: waits.index("</article>")]
    assert "Not built yet" in waits
    assert "Enforced" not in waits
    assert "Waits for: the register of sharing" in waits
