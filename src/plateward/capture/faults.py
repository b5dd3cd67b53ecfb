"""What can be wrong with a live camera, each under a name of its own, with what to do about it."""

from typing import ClassVar


class CameraFault(Exception):
    """Its words say which camera, what happened and what to do; they never hold a password.

    `code` is for machines and does not change. `lasting`: somebody must change something, and
    asking again at once may get the account locked.
    """

    code: ClassVar[str] = "broken-stream"
    lasting: ClassVar[bool] = False
    says: ClassVar[str] = (
        "{camera} broke off its stream ({why}). If that goes on, look at the network between, and "
        "start the camera anew."
    )

    def __init__(self, camera: str, **said: object) -> None:
        super().__init__(self.says.format(camera=camera, **said))


class BadAddress(CameraFault):
    """It cannot be repeated: whatever part is wrong may be the password."""

    code = "bad-address"
    lasting = True
    says = (
        "The address of {camera} is not one: {why}. It looks like rtsp://user:password@host/path; "
        "in user and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25."
    )


class NoDecoder(CameraFault):
    code = "no-decoder"
    lasting = True
    says = (
        "This installation cannot decode video, so {camera} cannot be watched. Install it with "
        "'pip install \"plateward[video]\"'."
    )


class UnknownName(CameraFault):
    code = "unknown-name"
    says = (
        "The name in {camera} does not resolve ({why}). Look at how it is spelt and at this "
        "machine's name server, or write the camera's IP address."
    )


class Unreachable(CameraFault):
    code = "unreachable"
    says = (
        "{camera} cannot be reached ({why}). Look whether the camera has power and network, and "
        "whether RTSP is switched on at that port."
    )


class NoAnswer(CameraFault):
    code = "no-answer"
    says = (
        "{camera} did not answer within {seconds:g} seconds. Look whether the camera has power, "
        "whether a firewall stands between, and, over UDP, whether TCP works."
    )


class WrongPassword(CameraFault):
    code = "wrong-password"
    lasting = True
    says = (
        "{camera} refuses the user name or the password. Correct them; until then it is asked "
        "seldom, so that it does not lock the account."
    )


class Refused(CameraFault):
    code = "refused"
    says = (
        "{camera} refuses to play ({why}). It may have as many viewers as it can serve: close one."
    )


class NoSuchPath(CameraFault):
    code = "no-such-path"
    says = (
        "{camera} is there but knows no stream of that path. Look up the path of its main stream "
        "in the camera's manual or on its own page."
    )


class NotVideo(CameraFault):
    code = "not-video"
    says = (
        "{camera} answers, but not with video that can be read ({why}). Look whether the port is "
        "RTSP's (mostly 554) and the stream is H.264, H.265 or MJPEG."
    )


class TooLarge(CameraFault):
    code = "too-large"
    says = (
        "{camera} sends pictures of more than {millions} million pixels. Set the camera to a "
        "smaller resolution."
    )


class StreamEnded(CameraFault):
    code = "stream-ended"
    says = (
        "{camera} closed the connection. It may be starting anew or have lost power; look, if it "
        "does not come back. What was seen before is kept."
    )


class NoPictures(CameraFault):
    code = "no-pictures"
    says = (
        "{camera} is connected but has sent no picture for {seconds:g} seconds. It hangs, or the "
        "network loses its packets. Start it anew if it does not come back; over UDP, try TCP."
    )


class Frozen(CameraFault):
    code = "frozen"
    says = (
        "{camera} has sent the very same picture for {seconds:g} seconds: it is frozen, and "
        "nothing is read until the picture changes. Start the camera anew."
    )


class TooSlow(CameraFault):
    """Told, but the stream goes on: slow reads are better than none."""

    code = "too-slow"
    says = (
        "{camera} sends {fps:.1f} pictures a second and {asked:g} are asked for: fast vehicles may "
        "pass unseen. Raise its frame rate or its link's bandwidth, or ask for fewer."
    )
