"""Begin a policy profile for a city that ships with none."""

import re
from pathlib import Path

import click

from plateward.cli.policy_file import stop
from plateward.policy import load

_NAMED = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)-([a-z]{2})")


@click.command("new")
@click.argument("city")
@click.option("--out", "file", type=click.Path(path_type=Path), required=True)
@click.option("--name", help="The city's name, if it is not what its id says.")
@click.option("--timezone", help="Such as America/Chicago.")
def new(city: str, file: Path, name: str | None, timezone: str | None) -> None:
    """Write a blank profile for CITY (such as springfield-il) to --out FILE, to be filled in.

    Then `plateward policy check FILE` says what is still missing; nothing can be adopted before.
    """
    found = _NAMED.fullmatch(city)
    if found is None:
        stop(f'"{city}" is no id for a city: write lower-case words and the state, springfield-il.')
    if file.exists():
        stop(f"{file} is there already and was left as it is. Name another file.")
    said = {
        "id": city,
        "city": name or found[1].replace("-", " ").title(),
        "state": found[2].upper(),
    }
    if timezone:
        said["timezone"] = timezone
    try:
        file.write_text(filled(load.shipped_text(load.BLANK), said), "utf-8")
    except OSError as problem:
        stop(f"{file} cannot be written: {problem.strerror}. Nothing was made.")
    click.echo(f"{file} is ready to be filled in. Its comments say how; then run:")
    click.echo(f"  plateward policy check {file}")


def filled(text: str, said: dict[str, str]) -> str:
    """The text with these first places written, and their questions struck out."""
    for key, value in said.items():
        text = re.sub(rf"(?m)^{key}: [^#\n]*?(?=\s*(?:#|$))", f"{key}: {value}", text, count=1)
        text = re.sub(rf"(?m)^  {key}: .*\n", "", text, count=1)
    return text
