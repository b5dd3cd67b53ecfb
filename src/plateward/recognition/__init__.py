"""Pixels to plates. Knows nothing of cameras, people, or databases."""

from plateward.recognition.geometry import Box, Corners, Image
from plateward.recognition.photos import NotAPhoto
from plateward.recognition.providers import ProviderProblem
from plateward.recognition.reader import PlateReader, Reading
from plateward.recognition.weights import WeightsProblem

__all__ = [
    "Box",
    "Corners",
    "Image",
    "NotAPhoto",
    "PlateReader",
    "ProviderProblem",
    "Reading",
    "WeightsProblem",
]
