"""Commands for the operator: one file each, loaded only when called."""

import ast
import importlib
import keyword
import sys
from pathlib import Path

import click

from plateward import __version__


class LazyGroup(click.Group):
    """Every file beside this one is a command; its first docstring line is its help.

    A command whose name Python keeps for itself has a file that ends with an underscore.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in _commands():
            return None
        module = f"{__name__}.{cmd_name.replace('-', '_')}{'_' * keyword.iskeyword(cmd_name)}"
        try:
            command = importlib.import_module(module).command
        except ModuleNotFoundError as error:
            raise _not_installed(cmd_name, error) from error
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """Without importing any: `plateward --help` must not start Django."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_commands().items()))


def _commands() -> dict[str, str]:
    """Name and help of every file here that makes something called `command`."""
    found = {}
    for path in Path(__path__[0]).glob("[!_]*.py"):
        parsed = ast.parse(path.read_text(encoding="utf-8"))
        if any(_makes_command(statement) for statement in parsed.body):
            said = ast.get_docstring(parsed) or ""
            found[path.stem.rstrip("_").replace("_", "-")] = said.partition("\n")[0]
    return found


def _makes_command(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(name="command"):
            return True
        case (
            ast.Assign(targets=[ast.Name(id="command")])
            | ast.AnnAssign(target=ast.Name(id="command"))
        ):
            return True
        case _:
            return False


def _not_installed(name: str, error: ModuleNotFoundError) -> Exception:
    missing = (error.name or "").partition(".")[0]
    if missing == "plateward":
        return error
    return click.ClickException(
        f"`plateward {name}` needs {missing}, which is not installed here. "
        "Install the server part: pip install 'plateward[server]'."
    )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plateward")
def commands() -> None:
    """A licence-plate reader that answers to the city that adopted it."""


def main() -> None:
    sys.exit(commands.main(prog_name="plateward"))
