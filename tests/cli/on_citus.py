"""Run as a program on an empty database of a Citus cluster, named by DATABASE_URL: make the tables,
place them by the plan, store reads, search; print each statement of a search and its plan, as JSON.

With --as-it-is, on any PostgreSQL: nothing is placed, and the plans are plain ones.
"""

import json
import re
import sys
from datetime import timedelta
from typing import Any

from plateward.cli import house

SPREAD = re.compile(r"\breads_(read|picture|name|known)\b")


def main() -> None:
    house.open_up()
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    connection = connections["default"]
    if "--as-it-is" not in sys.argv:
        place(connection)
    permit = stored()
    told: dict[str, list[dict[str, str]]] = {}
    from plateward.reads import search

    for name, query in queries().items():
        with CaptureQueriesContext(connection) as asked:
            found = search.find(query, permit=permit).found
        if not found:
            sys.exit(f"{name}: nothing was found")
        about = [each["sql"] for each in asked.captured_queries if SPREAD.search(each["sql"])]
        told[name] = [{"sql": sql, "plan": explained(connection, sql)} for sql in about]
    print(json.dumps(told))  # noqa: T201 -- read by the test


def place(connection: Any) -> None:
    """By the plan, but for the machines: they are there."""
    from plateward.cli import scale_plan, scale_tables

    told = scale_tables.told(None, None)
    lines = scale_plan.lines(scale_tables.read(), told, pictures=0, workers=2)
    with connection.cursor() as cursor:
        for line in lines:
            statement = line.partition(";")[0].replace(scale_plan.FOR_THIS_DATABASE, "SET")
            if statement and not statement.startswith(("--", "CREATE EXT", "SELECT citus_")):
                cursor.execute(statement)


def stored() -> Any:
    """Reads of two cities; and a permit to search both."""
    from plateward.gate import door
    from plateward.intake.receive import receive
    from plateward.policy.vocabulary import Act
    from tests import cast

    cast.adopt_all()
    cast.register_all()
    for number in range(40):
        receive(cast.sighting(f"ABC{1200 + number}"))
        receive(cast.sighting(f"ABC{1200 + number}", device="ode-131-i70"))
    return door.admit_house(Act.READS_SEARCH, "a test of a cluster", city=cast.WILLARD)


def queries() -> dict[str, Any]:
    """Each kind of question that the search page asks."""
    from django.utils import timezone

    from plateward.cameras import register
    from plateward.reads.area import Circle
    from plateward.reads.query import Query

    now = timezone.now()
    hour = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    camera = register.named("wil-160-jackson")
    near = Circle(camera.latitude, camera.longitude, 2000)
    return {
        "exact": Query.parse(plate="ABC1234"),
        "prefix": Query.parse(plate="ABC12*"),
        "pattern": Query.parse(plate="?BC12*4"),
        "close": Query.parse(plate="ABC1234", close=True),
        "camera and time": Query.parse(cameras=[camera.code], **hour),  # type: ignore[arg-type]
        "place and time": Query.parse(area=near, **hour),  # type: ignore[arg-type]
    }


def explained(connection: Any, sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


if __name__ == "__main__":
    main()
