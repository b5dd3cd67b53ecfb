"""What the house knows of itself: whether a city's policy is posted and the clock is right."""

from plateward.policy import service
from plateward.policy.service import ServiceState


def of(city: str) -> ServiceState:
    """Looked up for each act. What is not known refuses, wherever a profile asks for it."""
    return service.state(city)
