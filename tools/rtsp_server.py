"""An RTSP camera that plays a folder of JPEGs over and over, and fails when told to.

Runs under the system's Python, whose GStreamer bindings it needs. Debian's packages for it:
gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good python3-gi.
`tools/test_camera.py` makes the folder and starts this.

It says `ready PORT` and then takes orders, a line each:

    play          the pictures, one after the other
    freeze        the same picture again and again
    pause         no picture, though the connection stays
    fps NUMBER    so many a second
"""

import argparse
import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 -- their versions come first

ANYONE, VIEWER = "anyone", "viewer"
SEE, PLAY = "media.factory.access", "media.factory.construct"
# RTP carries JPEG as it is, but its size is told beside it.
PLAYING = (
    "( appsrc name=pictures is-live=true do-timestamp=true format=time "
    "max-bytes=4000000 leaky-type=downstream "
    "caps=image/jpeg,width={width},height={height},framerate=0/1 "
    "! rtpjpegpay name=pay0 pt=26 )"
)
SOUND = "( audiotestsrc is-live=true ! audioconvert ! rtpL16pay name=pay0 )"


class Pictures:
    """Which picture is next, for every viewer alike."""

    def __init__(self, folder: Path, fps: float) -> None:
        self.jpegs = [file.read_bytes() for file in sorted(folder.glob("*.jpg"))]
        self.fps = fps
        self.mode = "play"
        self.at = 0
        self.sources: list[Gst.Element] = []

    def tick(self) -> bool:
        """Give one picture to every viewer, and come back for the next."""
        if self.mode != "pause":
            self.at = (self.at + (self.mode == "play")) % len(self.jpegs)
            for source in self.sources:
                source.emit("push-buffer", Gst.Buffer.new_wrapped(self.jpegs[self.at]))
        GLib.timeout_add(round(1000 / self.fps), self.tick)
        return False

    def viewed(self, _factory: object, media: GstRtspServer.RTSPMedia) -> None:
        source = media.get_element().get_by_name("pictures")
        self.sources.append(source)
        media.connect("unprepared", lambda _media: self.sources.remove(source))

    def obey(self, _stream: object, _condition: object) -> bool:
        """Take one order. When there are no more, it goes on as it was told last."""
        order = sys.stdin.readline().split()
        if not order:
            return False
        if order[0] == "fps":
            self.fps = float(order[1])
        else:
            self.mode = order[0]
        print("done", *order, flush=True)
        return True


def factory(launch: str, viewers: tuple[str, ...]) -> GstRtspServer.RTSPMediaFactory:
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(launch)
    made.set_shared(True)
    allowed = GstRtspServer.RTSPPermissions()
    for role in (ANYONE, VIEWER):
        # Who may not even see it is told that it is not there; who may not play it, to sign in.
        allowed.add_permission_for_role(role, SEE, True)
        allowed.add_permission_for_role(role, PLAY, role in viewers)
    made.set_permissions(allowed)
    return made


def token(role: str) -> GstRtspServer.RTSPToken:
    made = GstRtspServer.RTSPToken()
    made.set_string("media.factory.role", role)
    return made


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Play a folder of JPEGs as an RTSP camera.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", required=True, help="Of every picture, such as 640x480.")
    parser.add_argument("--port", default="0", help="0 for any that is free.")
    parser.add_argument("--path", default="/main")
    parser.add_argument("--fps", type=float, default=10)
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    return parser.parse_args()


def door(user: str, password: str) -> GstRtspServer.RTSPAuth:
    made = GstRtspServer.RTSPAuth()
    made.set_default_token(token(ANYONE))
    if user:
        made.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token(VIEWER))
    return made


def main() -> None:
    said = asked()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(said.port)
    server.set_auth(door(said.user, said.password))
    pictures = Pictures(said.folder, said.fps)
    width, height = said.size.split("x")
    launch = PLAYING.format(width=width, height=height)
    playing = factory(launch, (VIEWER,) if said.user else (ANYONE, VIEWER))
    playing.connect("media-configure", pictures.viewed)
    server.get_mount_points().add_factory(said.path, playing)
    server.get_mount_points().add_factory("/sound", factory(SOUND, (ANYONE, VIEWER)))
    if not server.attach(None):
        sys.exit(f"Port {said.port} is taken. Name another with --port.")
    print("ready", server.get_bound_port(), flush=True)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, pictures.obey)
    pictures.tick()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
