"""Tests that run side by side share no folder: what one deletes, another does not miss."""

import os

from django.conf import settings

from tests.conftest import HOME


def test_the_settings_are_this_workers_own() -> None:
    assert HOME == settings.HOME
    assert ("PYTEST_XDIST_WORKER" in os.environ) == (HOME.name != "main")
    assert HOME in settings.KEYS.parents
