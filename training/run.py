"""One training that can be stopped and gone on with: a network, its running mean, its optimiser."""

import json
import math
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

KEPT = 0.998  # of the running mean of the weights, a step


def rate(step: int, steps: int, top: float) -> float:
    """Rise over the first 3 %, then fall as a cosine."""
    warm = max(1, int(0.03 * steps))
    if step < warm:
        return top * (step + 1) / warm
    return top * (
        0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
    )


def follow(mean: dict[str, Tensor], network: nn.Module, step: int, *, most: float) -> None:
    """Move the running mean on after a step; what came before weighs `most`, at first less."""
    share = min(most, (1 + step) / (10 + step))
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            mean[name].lerp_(value, 1 - share)
        else:
            mean[name].copy_(value)


class Run:
    """`mean` is what gets exported: a running mean of the weights."""

    def __init__(self, network: nn.Module, kept: Path, *, top: float, decay: float) -> None:
        """Takes up the checkpoint `kept` where there is one; `top` is the highest rate."""
        self.network, self.kept, self.top, self.step = network, kept, top, 0
        self.mean = {name: value.clone() for name, value in network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=top, weight_decay=decay)
        if kept.exists():
            device = next(network.parameters()).device
            state = torch.load(kept, map_location=device, weights_only=True)
            network.load_state_dict(state["model"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.mean.update(state["mean"])
            self.step = int(state["step"])

    def go_on_from(self, kept: Path) -> None:
        """Begin with the running mean of another run's weights, before the first step only."""
        if self.step:
            return
        device = next(self.network.parameters()).device
        self.mean = torch.load(kept, map_location=device, weights_only=True)["mean"]
        self.network.load_state_dict(self.mean)

    def learn(self, loss: Tensor, *, steps: int, most: float) -> None:
        """One step down the gradient, which is cut at the length `most`."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.step, steps, self.top)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), most)
        self.optimiser.step()
        self.step += 1
        follow(self.mean, self.network, self.step, most=KEPT)

    def save(self, **facts: Any) -> None:
        part = self.kept.with_suffix(".part")
        state = {"model": self.network.state_dict(), "mean": self.mean, "step": self.step}
        torch.save({**state, "optimiser": self.optimiser.state_dict(), **facts}, part)
        part.replace(self.kept)

    def note(self, log: Path, **said: Any) -> None:
        line = {"step": self.step, **said, "at": round(time.time())}
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
