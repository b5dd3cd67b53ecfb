"""What the database refused in one test is not told in the next."""

from collections.abc import Iterator

import pytest

OPERATIONS = ("insert", "update", "delete", "truncate")


@pytest.fixture(autouse=True)
def refusals_are_forgotten(request: pytest.FixtureRequest) -> Iterator[None]:
    """No rollback takes their marks back, so tests would hear of each other's."""
    marked = request.node.get_closest_marker("django_db")
    if not (marked or {"db", "transactional_db"} & set(request.fixturenames)):
        yield
        return
    request.getfixturevalue("db")
    forget_refusals()
    yield
    forget_refusals()


def forget_refusals() -> None:
    from django.db import connections  # Django is ready only once a test runs

    with connections["default"].cursor() as cursor:
        for operation in OPERATIONS:
            cursor.execute("SELECT setval(%s, 0, false)", [f"audit_refused_{operation}"])
