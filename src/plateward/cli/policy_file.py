"""Read a policy file a person names, and say what is wrong with it."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from plateward.policy import load
from plateward.policy.document import MOST_BYTES, Error

WRONG = 2


def text_of(file: Path) -> str:
    try:
        with file.open("rb") as held:
            return held.read(MOST_BYTES + 1).decode("utf-8")
    except UnicodeDecodeError:
        stop(f"{file} is not UTF-8 text. A profile is a YAML text file.")
    except OSError as problem:
        stop(f"{file} cannot be read: {problem.strerror}. Nothing was checked.")


def named(source: str) -> str:
    """The profile that ships under this name, or the one in this file."""
    if source in load.shipped():
        return load.shipped_text(source)
    if not Path(source).exists():
        stop(
            f"{source} is neither a file nor a city that ships ({', '.join(load.shipped())}). "
            "Nothing was changed. Correct the name, then try again."
        )
    return text_of(Path(source))


def say_errors(file: str | Path, errors: Iterable[Error]) -> None:
    found = tuple(errors)
    count = f"{len(found)} error{'' if len(found) == 1 else 's'}"
    click.echo(f"{file} is refused: {count}. Nothing was adopted.", err=True)
    for error in found:
        where = f"line {error.line}, " if error.line else ""
        click.echo(f"  {where}{error.path or 'the file'}: {error.reason}", err=True)
    click.echo("Mend these and check again. docs/reference/policy-profile.md helps.", err=True)


def stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(WRONG)
