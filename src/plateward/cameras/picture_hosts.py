"""Hosts from which a camera's pictures may be fetched: none, until the register allows one."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.cameras import register
from plateward.cameras.models import PictureHost

# Names as DNS has them, or an address. No wildcard: whoever holds a name below may change.
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9.\-]*[a-z0-9])?|[0-9a-f:.]{2,45}")
_KEPT: Final = "Nothing was changed."


class NotAllowed(ValueError):
    """The host cannot be allowed, or is not. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Host:
    """`is_private`: on the city's own network; only there may its address be no public one."""

    name: str
    port: int = 443
    is_private: bool = False
    is_https: bool = True


def of(code: str) -> tuple[Host, ...]:
    rows = PictureHost.objects.filter(camera__code=code).order_by("host", "port")
    return tuple(Host(row.host, row.port, row.is_private, row.is_https) for row in rows)


@transaction.atomic
def allow(code: str, host: Host, *, by: str) -> None:
    """Pictures that the camera's messages link to on this host may be fetched from now on.

    Allowing it again replaces what was said of it. Raise UnknownCamera or NotAllowed.
    """
    camera = register.named(code)
    _check(host)
    PictureHost.objects.update_or_create(
        camera_id=camera.key,
        host=host.name,
        port=host.port,
        defaults={"is_private": host.is_private, "is_https": host.is_https},
    )
    _write("cameras:pictures:allow", camera, host, by)


@transaction.atomic
def forbid(code: str, name: str, *, by: str) -> None:
    """No picture is fetched from that host any more. Raise UnknownCamera or NotAllowed."""
    camera = register.named(code)
    gone, _ = PictureHost.objects.filter(camera_id=camera.key, host=name).delete()
    if not gone:
        raise NotAllowed(f"Nothing of {code} is fetched from {name} anyway. {_KEPT}")
    _write("cameras:pictures:forbid", camera, Host(name), by)


def _check(host: Host) -> None:
    if not _NAME.fullmatch(host.name):
        raise NotAllowed(
            f"{host.name!r} is no name of a host. {_KEPT} Write it as it stands in the links, "
            "such as pictures.example.com, without https:// and without a path."
        )
    if not 0 < host.port < 65536:
        raise NotAllowed(f"{host.port} is no port. {_KEPT} Write a number from 1 to 65535.")
    if not (host.is_https or host.is_private):
        raise NotAllowed(
            f"Pictures cross a public network over https only. {_KEPT} Say that the host is "
            "private if it is on the city's own network."
        )


def _write(act: str, camera: register.Registered, host: Host, by: str) -> None:
    log.append(
        actor=by,
        act=act,
        outcome="done",
        city=camera.city,
        facts={
            "camera": camera.code,
            "host": host.name,
            "port": host.port,
            "private": host.is_private,
            "https": host.is_https,
        },
    )
