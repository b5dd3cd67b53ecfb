"""What can be said of the vehicle that wears a plate. Nothing is ever said of a person."""

from plateward.recognition.vehicles.around import Described, Vehicles
from plateward.recognition.vehicles.describe import Describer, Description, Judged
from plateward.recognition.vehicles.find import BoxFinder, Found, PeopleFinder, VehicleFinder

__all__ = [
    "BoxFinder",
    "Described",
    "Describer",
    "Description",
    "Found",
    "Judged",
    "PeopleFinder",
    "VehicleFinder",
    "Vehicles",
]
