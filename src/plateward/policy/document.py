"""Read YAML that a stranger may have written: plain text, numbers, lists and keys, nothing more.

Dates stay text. Anchors, tags, merge keys, doubled keys and endless nesting are refused, each with
its line, because none of them can be seen for what it is by a council member reading the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_BYTES = 256 * 1024
MOST_DEPTH = 20
MOST_VALUES = 20_000

# libyaml where the wheel brings it: the same answers, ten times sooner.
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_CLEAN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]*")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Error:
    """What is wrong, where. `path` is dotted, "" is the whole file; `line` counts from 1."""

    path: str
    reason: str
    line: int | None = None


@dataclass(slots=True)
class Document:
    """What could be read, the line each path stands on, and what could not be read."""

    values: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    errors: list[Error] = field(default_factory=list)


def read(text: str) -> Document:
    document = Document()
    refused = _too_much(text)
    if refused is not None:
        document.errors.append(refused)
        return document
    try:
        _look_at_events(text, document)
        if not document.errors:
            root = yaml.compose(text, Loader=_LOADER)
            document.values = None if root is None else _value(root, "", document)
    except yaml.MarkedYAMLError as problem:
        document.errors.append(_not_yaml(problem))
    except yaml.YAMLError:
        document.errors.append(Error("", "The file holds a character that no text file may hold"))
    if not document.errors and not isinstance(document.values, Mapping):
        document.errors.append(Error("", "The file is empty, or is not a list of keys and values"))
    return document


def _too_much(text: str) -> Error | None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size <= MOST_BYTES:
        return None
    return Error("", f"The file is {size // 1024} KB; a profile is at most {MOST_BYTES // 1024} KB")


def _look_at_events(text: str, document: Document) -> None:
    """Before anything is built: no references, no nesting or count that could exhaust memory."""
    depth = documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += _step(event)
        documents += isinstance(event, yaml.DocumentStartEvent)
        refused = _event_refused(event, depth, count, documents)
        if refused is not None:
            line = None if event.start_mark is None else event.start_mark.line + 1
            document.errors.append(Error("", refused, line))
            return


def _step(event: yaml.Event) -> int:
    opens = isinstance(event, yaml.CollectionStartEvent)
    return int(opens) - int(isinstance(event, yaml.CollectionEndEvent))


def _event_refused(event: yaml.Event, depth: int, count: int, documents: int) -> str | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "References (& and *) are not allowed: write the value out in each place"
    tag = getattr(event, "tag", None)
    if tag:
        return f"Tags such as {tag} are not allowed: write plain values"
    if depth > MOST_DEPTH:
        return f"Lists and keys are nested more than {MOST_DEPTH} deep"
    if count > MOST_VALUES:
        return f"The file holds more than {MOST_VALUES} values"
    if documents > 1:
        return "The file holds more than one document: one profile a file, without a second ---"
    return None


def _not_yaml(problem: yaml.MarkedYAMLError) -> Error:
    mark = problem.problem_mark or problem.context_mark
    said = problem.problem or "it cannot be read"
    reason = f"This is not YAML: {said}. Check the indentation, the colons and the quotes"
    return Error("", reason, None if mark is None else mark.line + 1)


def _value(node: yaml.Node, path: str, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        items = enumerate(node.value)
        return [_value(item, f"{path}[{number}]", document) for number, item in items]
    return _scalar(node, path, document)


def _mapping(node: yaml.MappingNode, path: str, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.errors.append(Error(path, "A key must be a word, not a list", line))
            continue
        key = key_node.value
        below = f"{path}.{key}" if path else key
        if key_node.tag == f"{_TAG}merge":
            document.errors.append(Error(below, "Merge keys (<<) are not allowed", line))
        elif key in found:
            first = document.lines[below]
            reason = f"This key stands twice, first on line {first}: keep one of them"
            document.errors.append(Error(below, reason, line))
        else:
            document.lines[below] = line
            found[key] = _value(value_node, below, document)
    return found


def _scalar(node: yaml.Node, path: str, document: Document) -> Any:
    text: str = node.value
    kind = node.tag.removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        # yes, no, on and off stay words: nobody should have to know that YAML reads "NO" as false.
        return _TRUTH.get(text.lower(), text)
    if kind == "int" and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if kind in ("int", "float"):
        reason = f"{text} is not a plain whole number; put it in quotes if it is a name or a number"
        document.errors.append(Error(path, reason, node.start_mark.line + 1))
    if not _CLEAN.fullmatch(text):
        reason = "holds a character that cannot be printed: type the text again"
        document.errors.append(Error(path, reason, node.start_mark.line + 1))
    # A line break at the end is how the text was laid out, and no part of what it says.
    return text.strip()
