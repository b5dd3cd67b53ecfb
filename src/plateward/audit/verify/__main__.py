"""`python -m verify LOG --key KEY`."""

from .program import run  # noqa: TID252

run()
