"""Which part of ONNX Runtime runs the networks: the one that was asked for, or none at all."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import onnxruntime

SETTING: Final = "PLATEWARD_PROVIDER"
"""The environment variable that names a provider where the caller names none."""

DEFAULT: Final = "cpu"


class ProviderProblem(Exception):
    """What was asked to run the networks cannot. The message says what there is instead."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`runtime` is its name in ONNX Runtime; `remedy` says how it is installed."""

    name: str
    runtime: str
    remedy: str
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _instead(package: str) -> str:
    return f"`pip uninstall onnxruntime`, then `pip install '{package}'`"


# Providers that compute in this machine. One that sends pictures elsewhere (Azure) is left out.
KNOWN: Final = (
    Provider("cpu", "CPUExecutionProvider", "`pip install onnxruntime`"),
    Provider(
        "cuda",
        "CUDAExecutionProvider",
        f"{_instead('onnxruntime-gpu[cuda,cudnn]')}, beside an NVIDIA driver",
        # The same sums in the same order every time, at full width: answers then repeat.
        MappingProxyType({"cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0"}),
    ),
    Provider("openvino", "OpenVINOExecutionProvider", _instead("onnxruntime-openvino")),
    Provider("directml", "DmlExecutionProvider", f"{_instead('onnxruntime-directml')} (Windows)"),
    Provider("coreml", "CoreMLExecutionProvider", "`pip install onnxruntime` (macOS)"),
)


def available() -> list[str]:
    """The names that can be asked for here."""
    present = onnxruntime.get_available_providers()
    return [each.name for each in KNOWN if each.runtime in present]


def chosen(name: str | None = None) -> Provider:
    """`name`, else what PLATEWARD_PROVIDER says, else the CPU. Never another than asked for."""
    asked = name or os.environ.get(SETTING) or DEFAULT
    known = {each.name: each for each in KNOWN}
    provider = known.get(asked.strip().lower())
    if provider is None:
        raise ProviderProblem(
            f"There is no execution provider '{asked}'; {_left_alone()} "
            f"Known are {', '.join(known)}. {_ask_differently(name)}"
        )
    if provider.name not in available():
        raise ProviderProblem(
            f"The execution provider '{provider.name}' was asked for and is not installed here; "
            f"{_left_alone()} To install it: {provider.remedy}. {_ask_differently(name)}"
        )
    return provider


def would_not_start(provider: Provider, reason: str) -> ProviderProblem:
    return ProviderProblem(
        f"The execution provider '{provider.name}' is installed but would not start: {reason} "
        f"{_left_alone()[0].upper()}{_left_alone()[1:]} Check its driver and libraries "
        f"({provider.remedy}), or ask for another."
    )


def _left_alone() -> str:
    return "nothing was read, and nothing ran on the CPU in its place."


def _ask_differently(name: str | None) -> str:
    where = "Ask for" if name else f"Set {SETTING} to"
    return f"Available here: {', '.join(available())}. {where} one of these."
