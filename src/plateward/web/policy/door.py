"""The door to the pages that configure a city's policy."""

from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web.manage_door import Door, NotOpen, missing

__all__ = ["NotOpen", "configuring", "missing", "opened"]


def configuring(profile: Profile) -> tuple[str, ...]:
    """The titles of the roles that may configure it; none of them where the operator does it."""
    return tuple(role.title for role in profile.roles.values() if Act.POLICY_CONFIGURE in role.acts)


opened = Door(Act.POLICY_CONFIGURE, "staff/policy_closed.html", configuring).opened
