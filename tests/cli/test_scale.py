"""What so many reads take, in figures worked out by hand; where each table goes on a cluster."""

import re

import pytest
from click.testing import CliRunner
from django.db import connections
from tools import capacity

from plateward.cli import house, scale, scale_measured, scale_model, scale_plan, scale_tables
from plateward.cli.scale_model import Load, Machine
from plateward.cli.scale_plan import Place
from plateward.cli.scale_tables import ForeignKey, Table, Told, Unique

TOWN = Load(cameras=4, reads_a_day=2000, days=30, pictures=85_000)
STATE = Load(cameras=20_000, reads_a_day=100_000_000, days=30, pictures=85_000)


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Round figures, so that a figure measured anew changes no test."""
    for name, value in (("ROW", 400), ("AROUND_PICTURES", 1), ("INGEST", 1), ("FILLED", 0.5)):
        figure = getattr(scale_measured, name)
        again = scale_measured.Figure(value, figure.unit, figure.what, figure.where)
        monkeypatch.setattr(scale_measured, name, again)


@pytest.mark.usefixtures("by_hand")
def test_a_town_and_a_state_by_hand() -> None:
    town, state = scale_model.of(TOWN), scale_model.of(STATE)
    assert (town.reads, town.rows, town.pictures) == (60_000, 24e6, 5.1e9)
    assert town.is_for_one_machine()
    assert (state.reads, state.rows, state.pictures) == (3e9, 1.2e12, 255e12)
    assert state.mean == pytest.approx(1157.4, abs=0.1)
    assert state.ingest_cores == pytest.approx(3.47, abs=0.01)  # three times the mean, 1 ms each
    assert not state.is_for_one_machine()
    assert state.workers(Machine(cores=16, memory=10**12, disk=8 * 10**12)) == 65  # 512.4 TB


def test_every_figure_says_where_it_is_from() -> None:
    kept = vars(scale_measured).values()
    named = {value for value in kept if isinstance(value, scale_measured.Figure)}
    assert named == set(scale_measured.FIGURES)
    assert all(figure.where and figure.value > 0 for figure in named)


def test_the_page_says_what_the_figures_come_to() -> None:
    page = capacity.PAGE.read_text(encoding="utf-8")
    for line in (*capacity.loads(), *capacity.figures()):
        assert f"{line}\n" in page, "write it anew: .venv/bin/python -m tools.capacity"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pictures", "85"], "5.3 MB"),
        (["--pictures", "0"], "none kept"),
        (["--keep", "P1Y"], "in 365 days"),
        (["--frames", "2"], "cores that read frames"),
        (["--figures"], "make bench-ingest"),
    ],
)
def test_capacity_takes_sizes_and_periods_as_people_write_them(words: list[str], said: str) -> None:
    ran = CliRunner().invoke(scale.command, ["capacity", *words])
    assert ran.exit_code == 0, ran.output
    assert said in ran.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pictures", "lots"], "'lots' is no size such as 85kB"),
        (["--keep", "30 days"], "'30 days' is not a period such as P30D"),
        (["--keep", "PT0S"], "is no time at all"),
        (["--reads-a-day", "0"], "0 is not in the range"),
    ],
)
def test_what_is_no_size_and_no_period_is_refused(words: list[str], said: str) -> None:
    ran = CliRunner().invoke(scale.command, ["capacity", *words])
    assert ran.exit_code == 2
    assert said in ran.output


@pytest.mark.django_db
def test_every_table_of_every_app_is_placed_and_citus_would_refuse_none() -> None:
    introspection = connections["default"].introspection
    ours = set(introspection.django_table_names(only_existing=True))
    placed = scale_plan.placed(scale_tables.read())
    names = [each.table.name for each in placed]
    assert ours <= set(names)
    assert len(names) == len(set(names))
    assert scale_plan.objections(placed) == []
    by = {each.table.name: each.by for each in placed if each.place is Place.DISTRIBUTED}
    assert by == {
        "reads_read": "shard",
        "reads_picture": "shard",
        "reads_name": "name",
        "reads_known": "plate_key",
    }
    where = {each.table.name: each.place for each in placed}
    for name in ("cameras_camera", "hotlists_hotlist", "hotlists_wanted", "people_person"):
        assert where[name] is Place.REFERENCE
    assert where["audit_entry"] is Place.LOCAL


def test_what_citus_refuses_is_said() -> None:
    key = Unique("once", is_primary=False, columns=frozenset({"city"}))
    reads = Table("reads_read", True, {"shard": "smallint"}, (key,), triggers=("stays",))
    camera = Table("cameras_camera", False, {}, points_at=(ForeignKey("f", "audit_x", "c"),))
    keys = (ForeignKey("g", "reads_read", "a"), ForeignKey("h", "cameras_camera", "a"))
    local = Table("audit_x", False, {}, points_at=keys)
    assert scale_plan.objections(scale_plan.placed([reads, camera, local])) == [
        "reads_read: triggers (stays) on a distributed table",
        "reads_read: once is unique without shard",
        "cameras_camera: foreign key f from a reference table to the local audit_x",
        "audit_x: foreign key g from a local table to the distributed reads_read",
    ]


def test_tables_that_others_point_at_come_first_and_a_primary_key_in_the_way_goes() -> None:
    primary = Unique("known_pkey", is_primary=True, columns=frozenset({"id"}))
    tables = [
        Table("hotlists_a", False, {}, points_at=(ForeignKey("f", "people_b", "a"),)),
        Table("people_b", False, {}),
        Table("people_c", False, {}, points_at=(ForeignKey("g", "hotlists_a", "a"),)),
        Table("reads_known", False, {"plate_key": "bigint"}, (primary,)),
        Table("reads_read", True, {"shard": "smallint"}),
        Table("reads_picture", True, {"shard": "smallint"}),
    ]
    told = Told(100_000_000, 30, cities=1, cameras=20, shards=16, shelves=2000)
    said = "\n".join(scale_plan.lines(tables, told, pictures=0))
    assert said.index("reference_table('people_b')") < said.index("reference_table('hotlists_a')")
    assert "ALTER TABLE reads_known DROP CONSTRAINT known_pkey;" in said
    assert "('reads_picture', 'shard', colocate_with => 'reads_read')" in said
    assert "fill at most 16 of the 32 parts" in said
    assert "2,000 partitions by 32 parts are 64,000 tables" in said
    assert "REFUSED" not in said


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_the_plan_of_this_database_is_sql_with_remarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    words = ["plan", "--reads-a-day", "100000000", "--workers", "4"]
    ran = CliRunner().invoke(scale.command, words)
    assert ran.exit_code == 0, ran.output
    assert "REFUSED" not in ran.output
    for number in range(1, 5):
        assert f"SELECT citus_add_node('WORKER-{number}', 5432);" in ran.output
    assert "SELECT create_distributed_table('reads_read', 'shard'" in ran.output
    assert "100,000,000" in ran.output
    statements = [line for line in ran.output.splitlines() if line and not line.startswith("--")]
    starts = r"(CREATE|SELECT|SET|ALTER)\b[^;]*;"  # each on one line
    assert all(re.match(starts, line) for line in statements), statements
