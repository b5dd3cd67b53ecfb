"""The pages as a Django application."""

from django.apps import AppConfig
from django.core import checks


class Web(AppConfig):
    name = "plateward.web"

    def ready(self) -> None:
        from plateward.web.checks import TAG, demo_stays_home, sign_in_travels_encrypted

        checks.register(demo_stays_home, TAG)
        checks.register(sign_in_travels_encrypted, TAG)
