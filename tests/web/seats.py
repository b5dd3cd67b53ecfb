"""Put a person of the cast at the keyboard, both factors passed."""

import time

from allauth.account.internal.flows import login
from django.contrib.auth import SESSION_KEY
from django.test import Client

from plateward.people.models import Person
from tests import cast


def at_the_keyboard(name: str) -> Client:
    """Enrolled and signed in, as after a password and a code."""
    return keyboard_of(cast.enrolled(name))


def keyboard_of(person: Person) -> Client:
    now = time.time()
    factors = [{"method": "password", "at": now}, {"method": "mfa", "type": "totp", "at": now}]
    client = Client()
    client.force_login(person)
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = factors
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session[SESSION_KEY]
    session.save()
    return client
