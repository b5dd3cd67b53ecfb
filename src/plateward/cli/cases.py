"""Say how an agency writes its case numbers, and where its open cases can be asked for."""

from typing import TYPE_CHECKING

import click

from plateward.cli import house

if TYPE_CHECKING:
    from plateward.gate import cases


@click.group("cases")
def command() -> None:
    """How case numbers are written and checked, agency by agency."""


@command.command("set")
@click.argument("city")
@click.option("--agency", default="", help="As enrolled. Left out: every agency of the city.")
@click.option(
    "--format",
    "written",
    default="",
    help="N a digit, L a letter, Y a digit of the year, the rest as it is: YY-NNNNNN or CFSNNNNN.",
)
@click.option("--csv", "path", default="", help="A CSV file with the columns case and status.")
@click.option("--http", "address", default="", help="An address that answers ?case=NUMBER.")
def put(city: str, agency: str, written: str, path: str, address: str) -> None:
    """Set it for CITY, in place of what was set before; nothing given takes it all away."""
    house.open_up()
    from django.utils import timezone

    from plateward.gate import case_csv, case_format, cases

    _check_city(city)
    if path and address:
        raise click.ClickException("Give --csv or --http, not both. Nothing was changed.")
    kind = "csv" if path else "http" if address else ""
    source = cases.Source(city, agency, written.strip(), kind, path or address)
    try:
        cases.put(source, by=house.console(), now=timezone.now())
    except (case_format.WrongFormat, case_csv.WrongPlace) as wrong:
        raise click.ClickException(f"{wrong} Nothing was changed.") from wrong
    _tell(source)


@command.command()
@click.argument("city")
def show(city: str) -> None:
    """What is set for CITY."""
    house.open_up()
    from plateward.gate import cases

    _check_city(city)
    sources = cases.in_city(city)
    for source in sources:
        _tell(source)
    if not sources:
        click.echo(f"Nothing is set for {city}: case numbers are taken as they are given.")


@command.command()
@click.argument("city")
@click.argument("number")
@click.option("--agency", default="", help="As enrolled. Left out: every agency of the city.")
def test(city: str, number: str, agency: str) -> None:
    """Ask about the case NUMBER as a search in CITY would. Nothing is searched."""
    house.open_up()
    from plateward.gate import cases

    _check_city(city)
    found = cases.check(city, agency, number)
    fits = {
        None: "no format is set",
        True: "has the shape it should",
        False: f"has not the shape it should, such as {found.example}",
    }
    click.echo(f"{number}: {fits[found.format]}.")
    click.echo(f"{number}: {_SAID[found.check]}.")


_SAID = {
    "unchecked": "not looked up",
    "open": "an open case",
    "closed": "a closed case",
    "unknown": "not in the list of cases",
    "unreachable": "could not be looked up: the list of cases cannot be reached or read",
}


def _tell(source: "cases.Source") -> None:
    from plateward.gate import case_format

    click.echo(f"{source.city}, {source.agency or 'every agency'}:")
    if source.format:
        written = case_format.parse(source.format)
        click.echo(f"  a case number is {written.in_words()}; for example {written.example()}")
    else:
        click.echo("  a case number may have any shape")
    where = f"{source.kind} {source.location}" if source.kind else "is not checked"
    click.echo(f"  whether it is open: {where}")


def _check_city(city: str) -> None:
    from plateward.policy import in_force

    if city not in in_force.cities():
        raise click.ClickException(
            f"{city} has no policy in force here. Nothing was changed; "
            "`plateward policy` shows the cities."
        )
