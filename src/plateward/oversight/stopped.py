"""What has stopped, for the public: since when, and why."""

from plateward.policy import service
from plateward.policy.service import Trouble


def what_stopped(city: str) -> tuple[Trouble, ...]:
    """What is wrong in one city, or in the whole house. Empty where all is well."""
    return service.troubles([city])
