"""What `plateward read` writes of a vehicle, for people and for programs."""

import json

from plateward.cli import read_vehicles
from plateward.recognition import Box
from plateward.recognition.vehicles import Described, Description, Judged

SEEN = Described(
    Box(10, 20, 110, 90),
    Description(
        colour=Judged("red", 0.93, (("gold", 0.06),)), body=Judged(None, 0.0, (("suv", 0.5),))
    ),
)


def test_people_see_the_word_its_chance_and_what_else_it_may_be() -> None:
    said = read_vehicles.as_text(SEEN)
    assert said == "colour red 0.93 (or gold 0.06)   body unknown (or suv 0.50)   make unknown"
    assert read_vehicles.as_text(Described()) == "no vehicle found around it"


def test_programs_get_the_box_and_null_for_unknown() -> None:
    back = json.loads(json.dumps(read_vehicles.as_json(SEEN)))
    assert back["box"] == [10, 20, 100, 70]
    assert back["colour"] == {"value": "red", "confidence": 0.93, "alternatives": [["gold", 0.06]]}
    assert back["body"] == {"value": None, "confidence": 0.0, "alternatives": [["suv", 0.5]]}
    assert read_vehicles.as_json(Described())["box"] is None
