"""Where open cases are asked for: a file, an address, and what happens when neither answers."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings
from django.utils import timezone

from plateward.audit import log
from plateward.gate import case_csv, case_http, cases
from plateward.gate.case_csv import WrongPlace
from plateward.gate.case_format import WrongFormat

CITY, AGENCY = "willard-mo", "Willard Police Department"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "cases.csv"
    file.write_text("Case,Status\n26-014233,open\n26-000007,Closed\n26-000008,\n")
    return file


class TestAFile:
    @pytest.mark.parametrize(
        ("number", "said"),
        [
            ("26-014233", "open"),
            ("26 014233", "open"),
            ("26-000007", "closed"),
            ("26-000008", "open"),
            ("26-999999", "unknown"),
        ],
    )
    def test_says_what_stands_in_it(self, listed: Path, number: str, said: str) -> None:
        assert case_csv.look_up(str(listed), number) == said

    def test_is_read_again_when_it_changes(self, listed: Path) -> None:
        assert case_csv.look_up(str(listed), "26-1") == "unknown"
        listed.write_text("case\n26-1\nand some more lines\n")
        assert case_csv.look_up(str(listed), "26-1") == "open"

    @pytest.mark.parametrize("text", ["", "number\n26-1\n", "\xff\xfe\x00"])
    def test_that_cannot_be_read_is_unreachable(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "cases.csv"
        file.write_bytes(text.encode("latin-1"))
        assert case_csv.look_up(str(file), "26-1") == "unreachable"
        with pytest.raises(WrongPlace, match="cannot be read"):
            case_csv.check_place(str(file))

    def test_that_is_gone_is_unreachable(self, tmp_path: Path) -> None:
        assert case_csv.look_up(str(tmp_path / "none.csv"), "26-1") == "unreachable"

    def test_that_is_huge_is_not_read(self, listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(case_csv, "LARGEST", 10)
        assert case_csv.look_up(str(listed), "26-014233") == "unreachable"

    def test_needs_its_whole_path(self) -> None:
        with pytest.raises(WrongPlace, match="whole path"):
            case_csv.check_place("cases.csv")


class Cad(BaseHTTPRequestHandler):
    """A dispatch system; what it answers depends on the number it is asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        number = parse_qs(urlsplit(self.path).query)["case"][0]
        self.asked.append(self.headers.get("Authorization", ""))
        status, body = {
            "26-1": (200, b'{"status": "open"}'),
            "26-2": (200, b'{"status": "closed"}'),
            "26-3": (404, b""),
            "26-4": (500, b""),
            "26-5": (200, b"not json"),
            "26-6": (200, b'["open"]'),
            "26-7": (302, b""),
            "26-8": (200, b'{"status": "' + b"x" * 100_000 + b'"}'),
        }[number]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.path.replace("26-7", "26-1"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cad(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    monkeypatch.setattr(case_http, "_kept", {})
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Cad", (Cad,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with override_settings(CASE_HOSTS=["127.0.0.1"], CASE_TOKEN="let-me-ask"):
        yield f"http://127.0.0.1:{server.server_port}/cases", asked
    server.shutdown()
    server.server_close()


class TestAnAddress:
    @pytest.mark.parametrize(
        ("number", "said"),
        [
            ("26-1", "open"),
            ("26-2", "closed"),
            ("26-3", "unknown"),
            ("26-4", "unreachable"),
            ("26-5", "unreachable"),
            ("26-6", "unreachable"),
            ("26-7", "unreachable"),
            ("26-8", "unreachable"),
        ],
    )
    def test_is_believed_only_when_it_is_clear(
        self, cad: tuple[str, list[str]], number: str, said: str
    ) -> None:
        assert case_http.look_up(cad[0], number) == said

    def test_is_asked_once_a_minute_with_the_token(self, cad: tuple[str, list[str]]) -> None:
        address, asked = cad
        assert [case_http.look_up(address, "26-1") for _ in range(3)] == ["open"] * 3
        assert asked == ["Bearer let-me-ask"]

    def test_that_nobody_named_is_not_asked(self, cad: tuple[str, list[str]]) -> None:
        with override_settings(CASE_HOSTS=["cad.example"]):
            assert case_http.look_up(cad[0], "26-1") == "unreachable"
        assert cad[1] == []

    def test_that_says_nothing_is_given_up(
        self, monkeypatch: pytest.MonkeyPatch, settings: object
    ) -> None:
        monkeypatch.setattr(case_http, "TIMEOUT_SECONDS", 0.05)
        monkeypatch.setattr(case_http, "_kept", {})
        with (
            socket.create_server(("127.0.0.1", 0)) as silent,
            override_settings(CASE_HOSTS=["127.0.0.1"]),
        ):
            address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            assert case_http.look_up(address, "26-1") == "unreachable"

    @pytest.mark.parametrize(
        ("address", "words"),
        [
            ("http://cad.example/cases", "https only"),
            ("file:///etc/passwd", "https only"),
            ("https://other.example/cases", "not among the hosts"),
            ("https://cad.example@other.example/", "without a name"),
            ("https://cad.example/cases?key=1", "a query"),
            ("https://[broken/", "no web address"),
        ],
    )
    @override_settings(CASE_HOSTS=["cad.example"])
    def test_must_be_one_that_may_be_asked(self, address: str, words: str) -> None:
        with pytest.raises(WrongPlace, match=words):
            case_http.check_place(address)

    @override_settings(CASE_HOSTS=["cad.example"])
    def test_may_be_a_host_that_the_operator_named(self) -> None:
        case_http.check_place("https://cad.example/cases")


def put(agency: str = AGENCY, **told: str) -> None:
    source = cases.Source(
        CITY, agency, told.get("format", ""), told.get("kind", ""), told.get("location", "")
    )
    cases.put(source, by="test clerk", now=timezone.now())


@pytest.mark.django_db
class TestTheRegister:
    def test_without_a_row_nothing_is_asked(self) -> None:
        assert cases.check(CITY, AGENCY, "26-1") == cases.NOT_CHECKED

    def test_an_agency_has_its_own_row_else_the_citys(self, listed: Path) -> None:
        put("", format="NNNNN")
        put(format="YY-NNNNNN", kind="csv", location=str(listed))
        assert cases.check(CITY, "Another", "12345").format is True
        assert cases.check(CITY, AGENCY, "26-014233") == cases.Checked("open", True, "26-014233")

    def test_a_number_of_the_wrong_shape_is_looked_up_nowhere(self, listed: Path) -> None:
        put(format="YY-NNNNNN", kind="csv", location=str(listed))
        assert cases.check(CITY, AGENCY, "260000007").check == "unchecked"

    def test_a_new_row_takes_the_old_ones_place_and_the_log_says_so(self) -> None:
        put(format="NNNNN")
        put(format="YY-NNNN")
        assert [source.format for source in cases.in_city(CITY)] == ["YY-NNNN"]
        entry = log.latest(1)[0]
        assert (entry.act, entry.actor, entry.facts["format"]) == (
            "gate:cases:set",
            "test clerk",
            "YY-NNNN",
        )

    def test_what_cannot_be_used_is_not_recorded(self) -> None:
        with pytest.raises(WrongFormat):
            put(format="(a+)+")
        with pytest.raises(WrongPlace):
            put(kind="csv", location="/no/such/file.csv")
        assert cases.in_city(CITY) == []
