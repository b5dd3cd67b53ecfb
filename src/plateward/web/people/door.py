"""The door to the pages about a city's people."""

from plateward.people import accounts
from plateward.policy.vocabulary import Act
from plateward.web.manage_door import Door, NotOpen, missing

__all__ = ["NotOpen", "missing", "opened"]

opened = Door(
    Act.PEOPLE_ADMINISTER, "staff/people_closed.html", accounts.administrator_roles
).opened
