"""Vehicles on the photos that come with the reader, by the networks that ship."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from plateward.recognition import Box, Image, photos
from plateward.recognition.samples import FOLDER
from plateward.recognition.vehicles import Vehicles

pytestmark = [pytest.mark.recognition, pytest.mark.slow]


@pytest.fixture(scope="module")
def vehicles() -> Vehicles:
    return Vehicles.default()


def photo(name: str) -> Image:
    return photos.load(FOLDER / f"{name}.jpg")


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("us-michigan-pickup", (88, 37, 838, 629)),
        ("us-silver-wagon", (71, 135, 781, 586)),
        ("pk-red-coupe", (144, 94, 844, 586)),
    ],
)
def test_the_vehicle_in_the_middle_is_found(
    vehicles: Vehicles, name: str, seen: tuple[int, int, int, int]
) -> None:
    surest = vehicles.finder.find(photo(name))[0]
    assert surest.kind in ("car", "truck")
    found = (surest.box.left, surest.box.top, surest.box.right, surest.box.bottom)
    assert np.allclose(found, seen, atol=25)


def test_two_people_beside_the_limousine_are_found_to_be_blurred(vehicles: Vehicles) -> None:
    boxes = vehicles.people(photo("us-california-limousine"))
    assert any(box.holds(118, 70) for box in boxes)
    assert any(box.holds(66, 60) for box in boxes)


@pytest.mark.parametrize(("name", "colour"), [("pk-red-coupe", "red"), ("es-white-mini", "white")])
def test_a_plain_colour_is_among_the_likeliest(vehicles: Vehicles, name: str, colour: str) -> None:
    image = photo(name)
    surest = vehicles.finder.find(image)[0]
    said = vehicles.describer.describe(image, surest.box, surest.kind).colour
    likely = [said.value, *(word for word, _chance in said.alternatives)]
    assert colour in [word for word in likely if word][:2]
    assert 0 <= said.confidence <= 1


def test_several_threads_get_the_same_answer(vehicles: Vehicles) -> None:
    image, plate = photo("pk-red-coupe"), Box(560, 400, 640, 440)
    alone = vehicles.describe_around(image, plate)
    assert alone.box is not None
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: vehicles.describe_around(image, plate), range(4)))
    assert told == [alone] * 4


@pytest.mark.parametrize("shape", [(1, 1), (8, 2000), (15, 15)])
def test_a_picture_too_small_for_a_vehicle_holds_none(
    vehicles: Vehicles, shape: tuple[int, int]
) -> None:
    image = np.zeros((*shape, 3), np.uint8)
    assert vehicles.finder.find(image) == []
    assert vehicles.people(image) == []
