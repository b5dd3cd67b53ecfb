"""Whatever our own OpenAPI description allows or forbids, we answer as it says that we answer."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, openapi
from schemathesis.core import NOT_SET

from plateward.api.urls import api
from plateward.reads.models import Read

CAMERA: Final = "wil-160-jackson"
DESCRIBED: Final = json.loads(json.dumps(api.get_openapi_schema(), default=str))
OPERATIONS: Final = {
    f"{found.method.upper()} {found.path}": found
    for each in openapi.from_dict(DESCRIBED).get_all_operations()
    for found in [each.ok()]
}
FEW: Final = settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_every_way_in_is_described() -> None:
    assert {"POST /api/v1/sightings", "POST /api/v1/vendors/{vendor}"} <= OPERATIONS.keys()


@pytest.fixture
def send(client: Client, cameras: dict[str, str]) -> Callable[..., Any]:
    client.raise_request_exception = False
    key = {"authorization": f"Bearer {CAMERA}:{cameras[CAMERA]}"}

    def one(case: Any) -> Any:
        raw = b"" if case.body is NOT_SET else json.dumps(case.body, default=repr).encode()
        told = {
            n: str(v).encode("ascii", "ignore").decode() for n, v in (case.headers or {}).items()
        }
        return client.generic(
            case.method,
            case.formatted_path,
            raw,
            case.media_type or "application/json",
            headers=told | key,
            query_params={name: str(value) for name, value in (case.query or {}).items()},
        )

    return one


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_answered_as_described(
    send: Callable[..., Any], name: str, mode: GenerationMode
) -> None:
    operation = OPERATIONS[name]
    documented = {int(status) for status in DESCRIBED["paths"][operation.path]["post"]["responses"]}

    @FEW
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        answer = send(data.draw(operation.as_strategy(mode)))
        # 404, 405: an address or a method that is none of ours.
        assert answer.status_code in documented | {404, 405}, answer.content
        assert answer.headers["Content-Type"].startswith("application/json")
        if answer.status_code >= 400 and answer.status_code not in {404, 405}:
            assert "Nothing was stored" in answer.json()["detail"]

    tried()
    assert mode is GenerationMode.POSITIVE or not Read.objects.exists()
