"""`plateward people` for sign-in: unlock, sign-out, link and unlink an agency's own sign-in."""

from typing import Any, Final

import click

from plateward.cli import house
from plateward.cli.person import in_plain_words, named


@click.command()
@click.argument("username")
def unlock(username: str) -> None:
    """Open USERNAME's account again after too many failed sign-ins."""
    house.open_up()
    from plateward.people import lockout

    if lockout.release(named(username), house.console()):
        click.echo(f"{username} can sign in again.")
    else:
        click.echo(f"No failed sign-ins of {username} were counted; nothing was locked.")


@click.command("sign-out")
@click.argument("username")
def sign_out(username: str) -> None:
    """Close every session of USERNAME at once."""
    house.open_up()
    from plateward.people import sessions

    closed = sessions.close_all(named(username), by=house.console())
    click.echo(f"{closed} session{'' if closed == 1 else 's'} of {username} closed.")


@click.command()
@click.argument("username")
@click.argument("agency")
@click.argument("subject")
def link(username: str, agency: str, subject: str) -> None:
    """Let the account SUBJECT at AGENCY's own sign-in open USERNAME's account here.

    AGENCY is its short name in PLATEWARD_OIDC; SUBJECT is what its tokens call `sub`.
    """
    house.open_up()
    from plateward.people import linked

    issuer = _issuer(agency)
    with in_plain_words():
        linked.link(
            named(username), agency=agency, issuer=issuer, subject=subject, by=house.console()
        )
    click.echo(f"{username} can sign in by {agency}.")


@click.command()
@click.argument("username")
@click.argument("agency")
def unlink(username: str, agency: str) -> None:
    """Take away what links USERNAME to AGENCY's own sign-in."""
    house.open_up()
    from plateward.people import linked

    if not linked.unlink(named(username), agency=agency, by=house.console()):
        raise click.ClickException(f"{username} is not linked to {agency}. Nothing was changed.")
    click.echo(f"{username} signs in by {agency} no more.")


def _issuer(agency: str) -> str:
    from django.conf import settings

    offered: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    issuers = {str(app["provider_id"]): str(app["settings"]["issuer"]) for app in offered}
    if agency not in issuers:
        raise click.ClickException(
            f"PLATEWARD_OIDC names no agency {agency}. Nothing was changed. It names: "
            f"{', '.join(sorted(issuers)) or 'none'}."
        )
    return issuers[agency]


COMMANDS: Final = (unlock, sign_out, link, unlink)
