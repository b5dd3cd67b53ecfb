"""Write measured figures between the markers of a document, and nothing else of it."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

_BLOCK: Final = re.compile(
    r"(?P<begin><!-- measured: (?P<name>[a-z-]+) -->\n)(?P<inside>.*?)(?P<end><!-- /measured -->)",
    re.DOTALL,
)


class NotWritten(Exception):
    """The message says why, and what to do. No document was changed."""


class NoSuchBlock(NotWritten):
    """A document lacks a marker, or asks for what is not measured."""


class NotWhole(NotWritten):
    """What was measured is not the whole benchmark."""


def rewrite(document: Path, blocks: Mapping[str, str], *, elsewhere: Collection[str] = ()) -> bool:
    """Whether anything changed. `elsewhere`: blocks that another bench writes; they stay."""
    before = document.read_text(encoding="utf-8")
    after = filled(before, blocks, where=document.name, elsewhere=elsewhere)
    if after != before:
        document.write_text(after, encoding="utf-8")
    return after != before


def filled(
    text: str, blocks: Mapping[str, str], *, where: str, elsewhere: Collection[str] = ()
) -> str:
    """`text` with each marked block replaced by the one of its name."""
    marked = [block["name"] for block in _BLOCK.finditer(text)]
    if unknown := sorted(set(marked) - set(blocks) - set(elsewhere)):
        raise NoSuchBlock(f"{where} has a block that nothing is measured for: {unknown[0]}.")
    if not marked or text.count("<!-- measured: ") != len(marked):
        raise NoSuchBlock(
            f"{where} has no block, or one that is not closed. A block stands between the lines "
            "`<!-- measured: NAME -->` and `<!-- /measured -->`. Nothing was written."
        )
    return _BLOCK.sub(lambda block: _replaced(block, blocks), text)


def _replaced(block: re.Match[str], blocks: Mapping[str, str]) -> str:
    if block["name"] not in blocks:
        return block[0]
    return f"{block['begin']}{blocks[block['name']].strip()}\n{block['end']}"
