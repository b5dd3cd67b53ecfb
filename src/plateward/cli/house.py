"""Open the house for a command that needs the store: database up, tables current, Django ready."""

import getpass
import os

import click


def open_up() -> None:
    """Start the embedded database where no other is named, and bring the tables up to date."""
    start()
    _bring_up_to_date()


def start() -> None:
    """The database up and Django ready; its tables are left as they are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateward.settings")
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from plateward import postgres

    try:
        home = settings.HOME
        if not os.environ.get("DATABASE_URL"):
            postgres.ensure_running(home)
    except (ImproperlyConfigured, postgres.CannotStart, postgres.WrongDatabase) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    django.setup()


def close() -> None:
    """Stop the embedded database, where it is ours."""
    from django.conf import settings
    from django.db import connections

    from plateward import postgres

    connections.close_all()
    if not os.environ.get("DATABASE_URL"):
        postgres.stop(settings.HOME)


def console() -> str:
    """Who sits at this machine's console, as the log names them."""
    return f"console:{getpass.getuser()}"


def _bring_up_to_date() -> None:
    from django.core.management import call_command
    from django.core.management.base import BaseCommand, SystemCheckError
    from django.db import OperationalError

    from plateward.custody import unfinished

    try:
        BaseCommand().check(tags=["database", "plateward"], databases=["default"])
        if unfinished.is_restoring():
            raise click.ClickException(
                "A restore into this house was not finished, so nothing in it may be looked at "
                "yet. Nothing is lost. Run it again: plateward restore FROM"
            )
        if _tables_are_behind():
            call_command("migrate", verbosity=0)
    except SystemCheckError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except OperationalError as away:
        raise click.ClickException(
            f"The database cannot be reached: {away}\nNothing was changed. Start it, or correct "
            "DATABASE_URL, then run this again."
        ) from away


def _tables_are_behind() -> bool:
    """Asked first, because `migrate` takes a second even when there is nothing to do."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
