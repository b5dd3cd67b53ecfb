"""Run the PostgreSQL that comes with the package, or describe the one a city names.

The server listens on a socket alone, in a folder that only its owner can enter, and asks for no
password: whoever may enter the folder may read its files anyway. A city with a server of its own
sets DATABASE_URL and none of this runs.
"""

from plateward.postgres.address import WrongDatabase, address, django_database
from plateward.postgres.place import CannotStart
from plateward.postgres.server import ensure_running, stop

__all__ = [
    "CannotStart",
    "WrongDatabase",
    "address",
    "django_database",
    "ensure_running",
    "stop",
]
