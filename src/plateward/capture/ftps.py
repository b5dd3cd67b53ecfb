"""Cameras upload pictures by FTPS: they may write into a folder of their own, and nothing else.

No listing, no download, no deletion, no writing over what is there. Plain FTP is refused on both
channels. While a file arrives it has a hidden name; it gets its own when the camera ended it, so
that whoever watches the folder never sees half a file.
"""

import logging
import os
import re
import secrets
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from OpenSSL import SSL

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it stands on asyncore, and brings its own
    from pyftpdlib.authorizers import AuthenticationFailed
    from pyftpdlib.exceptions import FilesystemError, _FileReadWriteError
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

from plateward.capture import ftps_arriving
from plateward.capture.ftps_arriving import PART, Arriving

_logger = logging.getLogger(__name__)
# Its lines name files, and a name may hold a plate. What goes wrong is told here, without names.
_theirs = logging.getLogger("pyftpdlib")
_theirs.addHandler(logging.NullHandler())
_theirs.setLevel(logging.CRITICAL + 1)
_USER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME: Final = re.compile(r"[^./\\\0][^/\\\0]{0,119}")
# Everything a camera needs to hand in a file; each of the others is not understood at all.
_COMMANDS: Final = frozenset(
    (
        *("USER", "PASS", "QUIT", "AUTH", "PBSZ", "PROT"),
        *("PASV", "EPSV", "PORT", "EPRT", "TYPE", "MODE", "STRU", "ALLO", "STOR", "ABOR"),
        *("CWD", "CDUP", "PWD", "MKD", "RNFR", "RNTO", "XCWD", "XCUP", "XPWD", "XMKD"),
        *("FEAT", "OPTS", "SYST", "NOOP", "HELP", "STAT"),
    )
)
# Enter, make folders, write, rename.
_MAY: Final = "emwf"
_TICK: Final = 0.5


class CannotServe(Exception):
    """The server cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts and seconds. `quota`: of what one camera may have waiting to be read."""

    file_bytes: int = 64 << 20
    quota_bytes: int = 1 << 30
    entries: int = 5_000
    connections: int = 64
    connections_an_address: int = 8
    idle: int = 120
    stalled: int = 30
    deep: int = 6


@dataclass(frozen=True, slots=True)
class Listening:
    """`passive_ports`: first and last. `address_outside`: what cameras see where NAT stands."""

    host: str
    port: int
    passive_ports: tuple[int, int] | None = None
    address_outside: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files; the chain from the server's own on, and its key."""

    chain: Path
    key: Path


Knows = Callable[[str, str], bool]
"""Whether the camera of that code has that password. May raise CannotTell."""


class CannotTell(Exception):
    """Nobody can be let in now."""


def server(
    root: Path,
    *,
    knows: Knows,
    certificate: Certificate,
    listening: Listening,
    limits: Limits = Limits(),
) -> FTPServer:
    """A server that listens from now on; `serve` serves. Raises CannotServe.

    Each camera's files appear in `root`/CODE.
    """
    handler = type(
        "Handler",
        (_Handler,),
        {
            "authorizer": _Door(root, knows),
            "ssl_context": _context(certificate),
            "limits": limits,
            "timeout": limits.idle,
            "dtp_handler": type("Data", (_Data,), {"timeout": limits.stalled}),
            "passive_ports": _ports(listening),
            "masquerade_address": listening.address_outside,
        },
    )
    _clear(root)
    try:
        made = FTPServer((listening.host, listening.port), handler, ioloop=IOLoop())
    except OSError as wrong:
        raise CannotServe(
            f"{listening.host}:{listening.port} cannot be listened at ({wrong.strerror}). Choose "
            "another address or port, or stop what listens there."
        ) from wrong
    made.max_cons = limits.connections
    made.max_cons_per_ip = limits.connections_an_address
    return made


def serve(server: FTPServer, stop: threading.Event) -> None:
    """Until `stop` is set; then everybody is cut off, and what was arriving is thrown away."""
    try:
        while not stop.is_set():
            server.serve_forever(timeout=_TICK, blocking=False, handle_exit=False)
    finally:
        server.close_all()


def _ports(listening: Listening) -> range | None:
    if listening.passive_ports is None:
        return None
    first, last = listening.passive_ports
    return range(first, last + 1)


def _context(certificate: Certificate) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
    try:
        context.use_certificate_chain_file(str(certificate.chain))
        context.use_privatekey_file(str(certificate.key))
        context.check_privatekey()
    except (SSL.Error, OSError) as wrong:
        raise CannotServe(
            f"{certificate.chain} and {certificate.key} are no certificate with its key, both as "
            "PEM. Nothing was started. Correct their names, or leave them out to have one made."
        ) from wrong
    return context


def _clear(root: Path) -> None:
    """What was arriving when the last server ended never got whole."""
    for folder, _, names in os.walk(root):
        for name in names:
            if name.startswith(PART):
                Path(folder, name).unlink(missing_ok=True)


class _Door:
    """Who may come in, and to where: what pyftpdlib asks of an authorizer."""

    def __init__(self, root: Path, knows: Knows) -> None:
        self._root = root
        self._knows = knows

    def validate_authentication(self, username: str, password: str, handler: object) -> None:
        del handler
        try:
            known = _USER.fullmatch(username) is not None and self._knows(username, password)
        except CannotTell:
            raise AuthenticationFailed("Nobody can be let in now; try again later.") from None
        if not known:
            raise AuthenticationFailed("Authentication failed.")

    def get_home_dir(self, username: str) -> str:
        home = self._root / username
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(home)

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        del username, path
        return perm in _MAY

    def get_perms(self, username: str) -> str:
        del username
        return _MAY

    def get_msg_login(self, username: str) -> str:
        del username
        return "Upload pictures; nothing else is allowed here."

    def get_msg_quit(self, username: str) -> str:
        del username
        return "Goodbye."

    def impersonate_user(self, username: str, password: str) -> None:
        """Every camera's files belong to the account that the server runs under."""

    def terminate_impersonation(self, username: str) -> None:
        """As above."""


class _Own(AbstractedFS):  # type: ignore[misc]  # pyftpdlib has no types
    """One camera's own folder: files are added, never read, replaced or removed."""

    def open(self, filename: str, mode: str) -> Arriving:
        if mode != "wb":
            raise FilesystemError("Files are sent whole, from their beginning")
        folder, name = os.path.split(filename)
        _check_name(name)
        limits: Limits = self.cmd_channel.limits
        used, entries = _used(Path(self.root))
        if entries >= limits.entries or used >= limits.quota_bytes:
            raise FilesystemError("Too much waits to be read; send it again later")
        part = Path(folder, f"{PART}{secrets.token_hex(8)}-{name}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        room = min(limits.file_bytes, limits.quota_bytes - used)
        return Arriving(os.open(part, flags, 0o600), str(part), room)

    def mkdir(self, path: str) -> None:
        limits: Limits = self.cmd_channel.limits
        for name in Path(path).relative_to(self.root).parts:
            _check_name(name)
        if len(Path(path).relative_to(self.root).parts) > limits.deep:
            raise FilesystemError("Folders may not lie that deep")
        if _used(Path(self.root))[1] >= limits.entries:
            raise FilesystemError("There are too many folders and files already")
        os.mkdir(path, 0o700)  # noqa: PTH102 -- a path of pyftpdlib's

    def rename(self, src: str, dst: str) -> None:
        _check_name(os.path.basename(src))  # noqa: PTH119
        _check_name(os.path.basename(dst))  # noqa: PTH119
        if not Path(src).is_file() or Path(src).is_symlink():
            raise FilesystemError("Only files are renamed")
        if not ftps_arriving.linked(Path(src), Path(dst)):
            raise FilesystemError("A file of that name exists")


def _check_name(name: str) -> None:
    if not (_NAME.fullmatch(name) and name.isprintable()):
        raise FilesystemError("That name cannot be used here")


def _used(home: Path) -> tuple[int, int]:
    """Bytes and entries, those that arrive just now included."""
    total = entries = 0
    for folder, below, names in os.walk(home):
        entries += len(below) + len(names)
        for name in names:
            try:
                total += Path(folder, name).lstat().st_size
            except FileNotFoundError:
                continue  # read and deleted meanwhile
    return total, entries


class _Data(TLS_DTPHandler):  # type: ignore[misc]  # pyftpdlib has no types
    """One upload. pyftpdlib takes every end of a connection for the end of the file."""

    def handle_error(self) -> None:
        """The disk, or our own limit, said no to what arrives; the camera is told."""
        error = sys.exc_info()[1]
        self.transfer_finished, self._error = False, True
        if isinstance(error, _FileReadWriteError):
            self._resp = ("552 Too large, or too much waits to be read. Nothing was stored.", _mute)
        else:
            self.cmd_channel.log_exception(self)
            self._resp = ("426 Nothing was stored; send it again.", _mute)
        self.close()

    def close(self) -> None:
        """The camera is told that its file is here once it is, on disk and under its name."""
        took_leave = self._took_leave()
        # Whoever hung up answers no farewell, and pyftpdlib would wait for one.
        self._error = self._error or not took_leave
        if self.receive and self.transfer_finished and not self._closed:
            if not (took_leave or self.file_obj.is_a_whole_picture()):
                self.transfer_finished = False
                self._resp = ("426 The connection broke off. Nothing was stored.", _mute)
            elif not self.file_obj.keep():
                self.transfer_finished = False
                self._resp = ("451 It could not be stored; send it again.", _mute)
        super().close()

    def _took_leave(self) -> bool:
        """TLS says whether the camera ended the connection or something else did. Few cameras do;
        then the picture itself must say that it is whole.
        """
        shutdown = getattr(self.socket, "get_shutdown", None)
        return shutdown is not None and bool(shutdown() & SSL.RECEIVED_SHUTDOWN)


class _Handler(TLS_FTPHandler):  # type: ignore[misc]  # pyftpdlib has no types
    """One connection of a camera."""

    tls_control_required = True
    tls_data_required = True
    abstracted_fs = _Own
    use_sendfile = False
    banner = "Plateward takes pictures of cameras here, by FTP over TLS."
    max_login_attempts = 3
    auth_failed_timeout = 3
    permit_foreign_addresses = False
    permit_privileged_ports = False
    proto_cmds = {name: how for name, how in TLS_FTPHandler.proto_cmds.items() if name in _COMMANDS}
    limits: Limits
    _in_dtp_queue: Any  # pyftpdlib's own: what will be written, and where

    def ftp_STOR(self, file: str, mode: str = "w") -> str | None:  # noqa: N802 -- pyftpdlib's name
        """What was announced before and never sent is forgotten."""
        if self._in_dtp_queue is not None:
            self._in_dtp_queue[0].close()
            self._in_dtp_queue = None
        stored: str | None = super().ftp_STOR(file, mode)
        return stored

    def ftp_TYPE(self, line: str) -> None:  # noqa: N802 -- pyftpdlib's name
        """Pictures are bytes, also for a camera that forgets to say so."""
        del line
        self.respond("200 Files are taken as they are.", _mute)

    def handle_auth_success(self, home: str, password: str, msg_login: str) -> None:
        del password  # is not kept
        self._current_type = "i"
        super().handle_auth_success(home, "", msg_login)

    def log_exception(self, instance: object) -> None:
        del instance
        fault = sys.exc_info()[1]
        _logger.error("A connection of a camera failed: %s.", type(fault).__name__)


def _mute(_: Any) -> None:
    """In place of a logger."""
