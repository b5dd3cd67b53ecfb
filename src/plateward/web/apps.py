"""The pages as a Django application."""

from django.apps import AppConfig
from django.core import checks


class Web(AppConfig):
    name = "plateward.web"

    def ready(self) -> None:
        from plateward.web import checks as ours

        checks.register(ours.demo_stays_home, ours.TAG)
        checks.register(ours.sign_in_travels_encrypted, ours.TAG)
        checks.register(ours.witnesses_can_be_asked, ours.TAG)
        checks.register(ours.posted_policies_have_addresses, ours.TAG)
        checks.register(ours.proxies_have_addresses, ours.TAG)
