"""A bar on standard error for what takes long: nothing is shown of what is done at once."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

_PATIENCE: Final = 2  # seconds without a word


@contextlib.contextmanager
def shown(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how much more is done. `total` None: nobody knows how much.

    The bar comes once it has taken more than two seconds.
    """
    started, done = time.monotonic(), 0
    with contextlib.ExitStack() as stack:
        show: Callable[[int], None] | None = None

        def advance(by: int) -> None:
            nonlocal done, show
            done += by
            if show is None and time.monotonic() - started > _PATIENCE:
                show = stack.enter_context(_bar(title, total))
            if show is not None:
                show(done)

        yield advance


@contextlib.contextmanager
def _bar(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:  # the verifier runs without the server's packages
        yield lambda _: None
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)
