"""List the networks of the recogniser, and check that each is unchanged."""

import click

from plateward.recognition import providers, weights


@click.command(help="List the networks of the recogniser, and check that each is unchanged.")
def command() -> None:
    refused = 0
    for each in weights.REGISTER:
        problem = _problem(each)
        refused += problem is not None
        state = f"NOT USABLE\n  {problem}" if problem else "here and unchanged"
        click.echo(f"{each.name} ({each.task}): {state}")
        click.echo(f"  {each.size / 1e6:.1f} MB, {each.licence}, {each.origin}")
        click.echo(f"  its card: {each.card}")
        click.echo(f"  {weights.path_of(each)}")
        click.echo(f"  SHA-256 {each.sha256}\n")
    click.echo(_run_by())
    if refused:
        raise click.ClickException(f"{refused} of {len(weights.REGISTER)} cannot be used.")


def _problem(each: weights.Weights) -> weights.WeightsProblem | None:
    try:
        weights.verified(each)
    except weights.WeightsProblem as problem:
        return problem
    return None


def _run_by() -> str:
    here = f"available here: {', '.join(providers.available())}"
    try:
        return f"They run on: {providers.chosen().name} ({providers.SETTING}; {here})"
    except providers.ProviderProblem as problem:
        return f"They cannot run: {problem}"
