"""What runs the networks: only ever what was asked for, and it says its name."""

import pytest

from plateward.recognition import PlateReader, ProviderProblem, providers


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(providers.SETTING, raising=False)


@pytest.fixture
def only_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "onnxruntime.get_available_providers",
        lambda: ["AzureExecutionProvider", "CPUExecutionProvider"],
    )


def test_where_nobody_asks_the_processor_runs_them() -> None:
    assert providers.chosen().name == "cpu"
    assert "cpu" in providers.available()


def test_the_setting_is_asked_and_the_caller_comes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "onnxruntime.get_available_providers",
        lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"],
    )
    monkeypatch.setenv(providers.SETTING, " CUDA ")
    assert providers.chosen().runtime == "CUDAExecutionProvider"
    assert providers.chosen("cpu").runtime == "CPUExecutionProvider"
    assert providers.available() == ["cpu", "cuda"]


@pytest.mark.usefixtures("only_the_processor")
@pytest.mark.parametrize(
    ("name", "package"), [("cuda", "onnxruntime-gpu"), ("openvino", "onnxruntime-openvino")]
)
def test_a_provider_that_is_missing_is_an_error_with_what_to_install(
    name: str, package: str
) -> None:
    with pytest.raises(ProviderProblem) as refusal:
        providers.chosen(name)
    said = str(refusal.value)
    assert f"'{name}' was asked for and is not installed here" in said
    assert "nothing ran on the CPU in its place" in said
    assert f"pip install '{package}" in said
    assert "Available here: cpu." in said


@pytest.mark.usefixtures("only_the_processor")
def test_a_reader_on_a_missing_provider_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderProblem):
        PlateReader.default("cuda")
    monkeypatch.setenv(providers.SETTING, "cuda")
    with pytest.raises(ProviderProblem, match="Set PLATEWARD_PROVIDER to one of these"):
        PlateReader.default()


@pytest.mark.parametrize("name", ["gpu", "azure", "AzureExecutionProvider", "cpu,cuda"])
def test_an_unknown_provider_and_one_that_sends_pictures_away_are_refused(name: str) -> None:
    with pytest.raises(ProviderProblem, match="There is no execution provider"):
        providers.chosen(name)


def test_why_one_would_not_start_is_passed_on() -> None:
    problem = providers.would_not_start(providers.chosen("cpu"), "no device is there.")
    assert "would not start: no device is there. Nothing was read" in str(problem)
