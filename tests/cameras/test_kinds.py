"""What kind a camera is: said once by a person, within what the city's text names, in the log."""

import pytest

from plateward.audit import log
from plateward.cameras import kinds
from plateward.cameras.register import UnknownCamera

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


def test_nobody_has_said_until_somebody_does_and_the_log_says_who(cameras: dict[str, str]) -> None:
    code = next(code for code in cameras if code.startswith("wal-"))
    assert kinds.of(code) is None
    kinds.say(code, kinds.Kind.MOTION, by="console:ada")
    assert kinds.of(code) is kinds.Kind.MOTION
    (entry,) = log.find(log.Filter(act="cameras:camera:kind"))
    assert (entry.actor, entry.facts["kind"]) == ("console:ada", "motion_detection")


def test_a_kind_that_the_text_does_not_name_is_refused() -> None:
    with pytest.raises(kinds.NotThatKind, match="names fixed, mobile"):
        kinds.say("wil-160-jackson", kinds.Kind.MOTION, by="console:ada")
    assert kinds.of("wil-160-jackson") is None


def test_a_camera_nobody_registered_has_no_kind() -> None:
    with pytest.raises(UnknownCamera):
        kinds.of("no-such")
