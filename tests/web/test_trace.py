"""The clauses for staff: honest about each, counts that agree with the log, gated like the rest."""

import pytest

from plateward.audit import log
from plateward.oversight import trace
from plateward.policy import in_force
from tests.cast import ODESSA, WILLARD
from tests.web import seats

pytestmark = pytest.mark.django_db(transaction=True)


def cited(times: int, clause: str = "WIL-5.1") -> None:
    for _ in range(times):
        log.append(
            actor="x",
            act="reads:plate:search",
            outcome="refused",
            city=WILLARD,
            facts={"clauses": [clause]},
        )


def test_the_chief_sees_every_clause_with_its_counts(cameras: dict[str, str]) -> None:
    cited(3)
    page = seats.at_the_keyboard("cy").get(f"/clauses/{WILLARD}/").content.decode()
    for clause in in_force.profile(WILLARD).clauses:
        assert f'id="{clause.id}"' in page
    row = page[page.index('id="WIL-5.1"') :]
    assert "<span>3</span>" in row[: row.index("</tr>")]
    assert "Waits for: " in page


def test_the_vendor_sees_counts_and_no_small_one(cameras: dict[str, str]) -> None:
    cited(3)
    cited(7, "WIL-3.2")
    ivo = seats.at_the_keyboard("ivo")
    answer = ivo.get(f"/clauses/{WILLARD}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    small = page[page.index('id="WIL-5.1"') :]
    assert "<span>under 5</span>" in small[: small.index("</tr>")]
    large = page[page.index('id="WIL-3.2"') :]
    assert "<span>7</span>" in large[: large.index("</tr>")]
    assert ivo.get("/read/1/").status_code in (403, 404)


def test_an_officer_is_refused_and_the_log_says_so(cameras: dict[str, str]) -> None:
    answer = seats.at_the_keyboard("ana").get(f"/clauses/{WILLARD}/")
    assert answer.status_code == 403
    assert "did not allow this" in answer.content.decode()
    entry = log.latest(1, city=WILLARD)[0]
    assert (entry.outcome, entry.act) == ("refused", "oversight:counts:see")


def test_a_city_that_is_not_served_is_not_found(cameras: dict[str, str]) -> None:
    assert seats.at_the_keyboard("cy").get("/clauses/atlantis/").status_code == 404


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0"), (1, "under 5"), (4, "under 5"), (5, "5"), (1200, "1200")]
)
def test_a_small_count_is_not_told_exactly(count: int, said: str) -> None:
    assert trace.coarse(count) == said


def test_the_public_page_says_of_each_clause_how_it_stands(
    client: object, cities: tuple[str, ...]
) -> None:
    page = client.get(f"/city/{ODESSA}/policy/").content.decode()  # type: ignore[attr-defined]
    by_status = trace.counted(trace.clauses_of(ODESSA))
    assert sum(by_status.values()) == len(in_force.profile(ODESSA).clauses)
    waits = page[page.index('id="ODE-28"') :]
    assert "Not built yet" in waits[: waits.index("</article>")]
    assert "Waits for: public pages as files" in waits[: waits.index("</article>")]
    enforced = page[page.index('id="ODE-20"') :]
    assert ">Enforced<" in enforced[: enforced.index("</article>")]
    assert "test_a_search_is_refused" in enforced[: enforced.index("</article>")]
