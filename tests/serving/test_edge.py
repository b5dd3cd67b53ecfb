"""An agent, a server that goes and comes, and kills of either: each read there once, none lost."""

from pathlib import Path

import pytest

from plateward.edge import keys
from tests.edge.test_killed import CAMERA, rest_of, running, told_by
from tests.serving.test_faults import Site, site

pytestmark = pytest.mark.slow
__all__ = ["site"]  # the fixture
REGISTER = """
import json
from plateward.cli import house
house.open_up()
from plateward.cameras import agents
agents.register_key({camera!r}, {public!r}, by="test clerk", keep_secret=False)
print(json.dumps(None))
"""
STORED = """
import json
from plateward.cli import house
house.open_up()
from plateward.cameras import health
from plateward.reads.models import Read
from django.utils import timezone
(agent,) = health.of("willard-mo", now=timezone.now())
told = {"state": agent.state, "missing": agent.missing, "provider": agent.beat.provider}
print(json.dumps(told | {"plates": [row.plate for row in Read.objects.all()]}))
"""


@pytest.fixture
def folder(site: Site, tmp_path: Path) -> Path:
    public = keys.make(tmp_path).public
    site.python(REGISTER.format(camera=CAMERA, public=public))
    return tmp_path


def killed(site: Site, folder: Path, first: int, *, with_server: bool = False) -> list[str]:
    """What an agent said to be on the disk before it was killed, the server perhaps before it."""
    with running(folder, f"http://127.0.0.1:{site.port}", first) as agent:
        told = told_by(agent, 4)
        if with_server:
            site.kill()  # in the midst of what it is handed
            told += told_by(agent, 4)
        agent.kill()  # not knowing what arrived
        return told + rest_of(agent)


def ended(site: Site, folder: Path, first: int) -> list[str]:
    """The same of one that was told to end; the last line says how many it has left."""
    with running(folder, f"http://127.0.0.1:{site.port}", first) as agent:
        told = told_by(agent, 1)
        agent.terminate()
        return told + rest_of(agent)


def test_what_was_kept_while_the_server_was_away_is_there_once_when_it_is_back(
    site: Site, folder: Path
) -> None:
    told = killed(site, folder, 0)  # nobody answers yet
    site.start()
    told += killed(site, folder, 1000, with_server=True)
    site.start()
    for life in range(2, 20):
        *more, left = ended(site, folder, life * 1000)
        told += more
        if left == "left 0":
            break
    stored = site.python(STORED)
    assert left == "left 0"
    assert len(told) == len(set(told)) >= 13
    assert set(told) <= set(stored["plates"])
    assert len(stored["plates"]) == len(set(stored["plates"]))
    assert (stored["missing"], stored["provider"]) == (0, "made up")
