"""ONVIF Profile M: objects and parents, boxes, likelihoods, frames that repeat, events, JSON."""

from typing import Any

import pytest

from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

TT = 'xmlns:tt="http://www.onvif.org/ver10/schema"'
INFO = "<tt:LicensePlateInfo><tt:PlateNumber{}>TST4O21</tt:PlateNumber></tt:LicensePlateInfo>"
BOX = '<tt:Shape><tt:BoundingBox left="0" top="40" right="20" bottom="20"/></tt:Shape>'
KIND = "<tt:Class><tt:Type>{}</tt:Type></tt:Class>"
TOPIC = "tns1:RuleEngine/Recognition/LicensePlate"


def thing(number: int, inside: str, parent: str = "") -> str:
    return (
        f'<tt:Object ObjectId="{number}"{parent}><tt:Appearance>{inside}</tt:Appearance>'
        "</tt:Object>"
    )


def frame(*things: str, before: str = "", second: int = 6) -> str:
    at = f"2025-12-01T14:05:{second:02d}.789Z"
    return f'<tt:Frame UtcTime="{at}">{before}{"".join(things)}</tt:Frame>'


def stream(*frames: str) -> str:
    inside = "".join(frames)
    return (
        f"<tt:MetadataStream {TT}><tt:VideoAnalytics>{inside}</tt:VideoAnalytics>"
        "</tt:MetadataStream>"
    )


def take(*frames: str) -> Taken:
    return messages.take("onvif", stream(*frames))


def test_a_plate_without_a_likelihood_is_certain_says_the_standard() -> None:
    assert take(frame(thing(1, INFO.format("")))).reads[0].plate_conf == 1.0
    likely = INFO.format(' Likelihood="0.25"')
    assert take(frame(thing(1, likely))).reads[0].plate_conf == 0.25
    assert take(frame(thing(1, INFO.format(' Likelihood="90"')))).reads[0].plate_conf is None


def test_a_plate_on_the_vehicle_has_no_box_of_its_own() -> None:
    taken = take(frame(thing(1, BOX + KIND.format("Vehicle") + INFO.format(""))))
    assert taken.reads[0].outline is None
    assert taken.dropped == ()


def test_a_plate_that_is_part_of_the_vehicle_lends_it_its_box() -> None:
    part = thing(2, BOX + KIND.format("LicensePlate"), ' Parent="1"')
    outline = take(frame(thing(1, INFO.format("")), part)).reads[0].outline
    assert outline is not None
    assert outline.numbers == (0, 40, 20, 20)


def test_transformations_of_object_and_frame_follow_one_another() -> None:
    inner = '<tt:Transformation><tt:Scale x="0.5" y="0.5"/></tt:Transformation>'
    outer = inner.replace("0.5", "0.1").replace("<tt:S", '<tt:Translate x="-1" y="-1"/><tt:S')
    plate = thing(1, inner + BOX + KIND.format("LicensePlate") + INFO.format(""))
    outline = take(frame(plate, before=outer)).reads[0].outline
    assert outline is not None
    assert outline.numbers == pytest.approx((-1, 1, 0, 0))


def test_the_vehicle_is_the_parents_and_its_likeliest() -> None:
    car = (
        '<tt:VehicleInfo><tt:Type Likelihood="0.2">Bus</tt:Type></tt:VehicleInfo>'
        '<tt:VehicleInfo><tt:Type Likelihood="0.8">Truck</tt:Type></tt:VehicleInfo>'
    )
    plate = thing(2, INFO.format(""), ' Parent="1"')
    read = take(frame(thing(1, car), plate)).reads[0]
    assert (read.vehicle.body, read.vehicle.confidences) == ("Truck", (("body", 0.8),))
    assert read.parent_object == "1"


def test_an_object_that_many_frames_show_is_one_read_from_its_likeliest() -> None:
    frames = [
        frame(thing(1, INFO.format(f' Likelihood="{sure}"')), second=second)
        for second, sure in enumerate((0.5, 0.9, 0.7))
    ]
    reads = take(*frames).reads
    assert [(each.plate_conf, each.captured_at.second) for each in reads] == [(0.9, 1)]


def test_a_number_that_begins_again_does_not_hide_another_days_car() -> None:
    today = take(frame(thing(1, INFO.format("")))).reads[0]
    later = messages.take("onvif", stream(frame(thing(1, INFO.format("")))).replace("-01T", "-02T"))
    assert today.source_event_id == later.reads[0].source_event_id == "1"
    assert today.event() != later.reads[0].event()


def test_utc_time_is_utc_with_or_without_its_letter() -> None:
    bare = stream(frame(thing(1, INFO.format("")))).replace("789Z", "789")
    read = messages.take("onvif", bare).reads[0]
    assert (times.written(read.captured_at), read.captured_basis) == (
        "2025-12-01T14:05:06.789Z",
        "device_utc",
    )


def test_vehicle_and_plate_may_be_in_frames_of_their_own() -> None:
    car = "<tt:VehicleInfo><tt:Type>Truck</tt:Type></tt:VehicleInfo>"
    plate = thing(14, INFO.format(""), ' Parent="12"')
    taken = take(frame(thing(12, car)), frame(plate, second=7))
    assert taken.reads[0].vehicle.body == "Truck"
    assert taken.dropped == ()


def test_documents_one_after_another_are_one_recording() -> None:
    several = '<?xml version="1.0"?>' + stream(frame(thing(1, INFO.format(""))))
    several += several.replace("TST4O21", "TST777")
    assert len(messages.take("onvif", several).reads) == 2


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        (KIND.format("Human"), "person"),
        (KIND.format("HumanFace"), "face"),
        ("<tt:HumanFace/>", "face"),
        (KIND.format("Vehicle"), "vehicle_only"),
    ],
)
def test_what_has_no_plate_is_counted_once_whatever_the_frames(inside: str, rule: str) -> None:
    assert take(frame(thing(1, inside)), frame(thing(1, inside))).dropped == ((rule, 1),)


def test_an_empty_stream_and_an_empty_frame_are_nothing() -> None:
    assert take() == Taken()
    assert take(frame()) == Taken()


@pytest.mark.parametrize("body", ["<html/>", "<a><b/></a>"])
def test_other_xml_is_refused(body: str) -> None:
    with pytest.raises(Refused, match="neither a frame"):
        messages.take("onvif", body)


def notice(data: str, topic: str = TOPIC, attributes: str = "") -> Taken:
    return messages.take(
        "onvif",
        f"<m {TT}><NotificationMessage><Topic>{topic}</Topic><Message><tt:Message {attributes} "
        f'UtcTime="2025-12-01T14:05:06.789Z"><tt:Data>{data}</tt:Data></tt:Message></Message>'
        "</NotificationMessage></m>",
    )


def test_cameras_from_before_the_standard_send_simple_items() -> None:
    data = (
        '<tt:SimpleItem Name="PlateNumber" Value="TST1"/>'
        '<tt:SimpleItem Name="Country" Value="US"/><tt:SimpleItem Name="State" Value="MO"/>'
        '<tt:SimpleItem Name="Likelihood" Value="0.87"/>'
    )
    read = notice(data, "tns1:RuleEngine/LicensePlateDetector/LicensePlate").reads[0]
    assert (read.plate_raw, read.plate_conf, read.region) == ("TST1", 0.87, "US-MO")


def test_what_is_deleted_was_told_before() -> None:
    data = '<tt:SimpleItem Name="PlateNumber" Value="TST1"/>'
    assert notice(data, attributes='PropertyOperation="Deleted"').reads == ()


@pytest.mark.parametrize("topic", ["tns1:RuleEngine/CellMotionDetector/Motion", ""])
def test_other_topics_are_dropped_whatever_they_hold(topic: str) -> None:
    data = '<tt:SimpleItem Name="Plate" Value="NOPE1"/>'
    assert notice(data, topic).dropped == (("unknown_message", 1),)


def test_an_info_without_its_own_element_around_it_is_read() -> None:
    number = "<tt:PlateNumber>TST1</tt:PlateNumber>"
    data = f'<tt:ElementItem Name="LicensePlateInfo">{number}</tt:ElementItem>'
    assert notice(data).reads[0].plate_raw == "TST1"


def of_json(data: Any, **told: Any) -> Taken:
    body = {"UtcTime": "2025-12-01T14:05:06.789Z", "Source": {}, "Data": data}
    return messages.take("onvif", body, **{"topic": f"cam/onvif-ej/{TOPIC}", **told})


@pytest.mark.parametrize(
    "number",
    ["TST1", {"Likelihood": 0.9, "#text": "TST1"}, {"@Likelihood": "0.9", "PlateText": "TST1"}],
)
def test_json_writes_a_text_with_a_likelihood_in_many_ways(number: object) -> None:
    read = of_json({"LicensePlateInfo": {"tt:PlateNumber": number}}).reads[0]
    assert (read.plate_raw, read.device_ref) == ("TST1", "cam")


def test_json_may_keep_the_items_of_the_xml() -> None:
    simple = [{"Name": "ObjectId", "Value": "14"}]
    element = [{"Name": "LicensePlateInfo", "LicensePlateInfo": {"PlateNumber": "TST1"}}]
    read = of_json({"SimpleItem": simple, "ElementItem": element}).reads[0]
    assert (read.plate_raw, read.source_event_id) == ("TST1", "14")


def test_the_bridge_of_axis_wraps_an_event() -> None:
    body = {
        "topic": f"onvif:{TOPIC}",
        "timestamp": 1764597906789,
        "serial": "ACCC8E000001",
        "message": {"source": {}, "key": {}, "data": {"PlateNumber": "TST1"}},
    }
    assert messages.take("onvif", body).reads[0].device_ref == "ACCC8E000001"
