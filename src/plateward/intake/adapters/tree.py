"""XML as plain values. A document type, and with it every entity, is refused before it is read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from xml.parsers import expat

from plateward.intake.adapters import told
from plateward.intake.adapters.message import Refused

DEEPEST: Final = 40
MOST_ELEMENTS: Final = 20_000
_BETWEEN: Final = "\x1f"  # between a namespace and a name, where no name can hold it
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.\-]+)[\"']")


@dataclass(slots=True)
class Node:
    """An element: its name and its attributes' names without namespace; `text` is what it holds."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: "list[Node]" = field(default_factory=list)

    def every(self, name: str) -> "Iterator[Node]":
        """Elements of that name anywhere below, in the order of the document."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.every(name)

    def child(self, name: str) -> "Node | None":
        return next((child for child in self.children if child.name == name), None)

    def at(self, path: str) -> "Node | None":
        """The element at `a/b/c` below this one; at each step the first of its name."""
        here: Node | None = self
        for name in path.split("/"):
            here = here.child(name) if here is not None else None
        return here

    def says(self, path: str) -> str | None:
        """The text at `a/b/c` below this one; None where there is none."""
        found = self.at(path)
        return told.text(found.text) if found is not None else None


def parsed(raw: bytes) -> Node:
    """The root. Raise Refused where it is not XML, or has a document type or an entity."""
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", _BETWEEN)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    try:
        parser.Parse(_utf8(raw), True)
    except expat.ExpatError as wrong:
        raise Refused(
            f"The message is not XML (line {wrong.lineno}, column {wrong.offset})"
        ) from None
    if builder.root is None:  # pragma: no cover  expat has refused an empty document already
        raise Refused("The message is not XML")
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._written: list[list[str]] = []  # of each open element, joined once at its end
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise Refused("The XML is nested deeper, or is longer, than any camera sends")
        node = Node(_plain(name), {_plain(key): held for key, held in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._written.append([])

    def end(self, _: str) -> None:
        self._open.pop().text = "".join(self._written.pop())

    def data(self, written: str) -> None:
        self._written[-1].append(written)


def _utf8(raw: bytes) -> bytes:
    declared = _DECLARED.match(raw.lstrip(b"\xef\xbb\xbf \t\r\n"))
    codec = declared[1].decode("ascii") if declared else "utf-8"
    return told.decoded(raw, codec).lstrip().encode("utf-8", "replace")


def _plain(name: str) -> str:
    return name.rpartition(_BETWEEN)[2]


def _no_doctype(*_: Any) -> NoReturn:
    raise Refused("The XML has a document type or an entity, which can hold an attack")
