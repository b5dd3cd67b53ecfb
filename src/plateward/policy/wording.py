"""Say a schema error in words a clerk understands, with the path it is about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from jsonschema import ValidationError

Said = tuple[str, str]  # path, reason

_KINDS = MappingProxyType(
    {
        "string": "text",
        "boolean": "true or false",
        "integer": "a whole number",
        "array": "a list, such as [one, two]",
        "object": "a section with keys of its own",
        "null": "null (the text is silent)",
    }
)
_PATTERNS = (
    (r"^P(?!$)", "must be a period such as P30D (30 days), P6M (6 months) or P2Y (2 years)"),
    (r"^\d{4}", "must be a date such as 2025-11-24"),
    ("^[0-9a-f]{64}$", "must be a SHA-256 sum: 64 characters, 0-9 and a-f"),
    ("^[A-Z]{2}$", "must be the two capital letters of the state, such as MO"),
    ("^[a-z0-9-]+$", "must be lower-case letters, digits and hyphens, such as willard-mo"),
)


def said(error: ValidationError) -> Iterator[Said]:
    """One schema error may be several for a person: each unknown key is its own."""
    path = dotted(error.absolute_path)
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error, path)
    elif error.validator == "anyOf":
        yield path, _either(error)
    else:
        yield _missing(error, path) if error.validator == "required" else (path, _plain(error))


def dotted(parts: Iterable[str | int]) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def nearest(word: str, known: Iterable[str]) -> str:
    """' Did you mean "x"?' where one is near, else nothing."""
    close = get_close_matches(word, [str(each) for each in known], n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


def shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a section"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def listed(values: Sequence[Any]) -> str:
    words = [str(value) for value in values if value is not None]
    if None in values:
        words.append("null (the text is silent)")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _any(part: Any) -> Any:
    """A part of an error, whose type follows from the schema and not from the library."""
    return part


def _unknown_keys(error: ValidationError, path: str) -> Iterator[Said]:
    known = _any(error.schema)["properties"]
    for key in _any(error.instance):
        if key not in known:
            where = f"{path}.{key}" if path else str(key)
            yield where, f'No profile has a key "{key}" here.{nearest(str(key), known)}'


def _missing(error: ValidationError, path: str) -> Said:
    key = next(key for key in _any(error.validator_value) if _says_missing(error, key))
    where = f"{path}.{key}" if path else key
    expected = _any(error.schema).get("properties", {}).get(key, {})
    silent = " or null if the text is silent" if _may_be_null(expected) else ""
    return where, f"This is missing: write what the city's text says{silent}"


def _says_missing(error: ValidationError, key: str) -> bool:
    return error.message.startswith(f"{key!r} is a required")


def _may_be_null(expected: Mapping[str, Any]) -> bool:
    kinds = expected.get("type", [])
    return "null" in kinds or None in expected.get("enum", [])


def _either(error: ValidationError) -> str:
    wordings: list[str] = []
    for inner in error.context:
        wordings += [words for words in [_plain(inner)] if words not in wordings]
    return ", or ".join(wordings)


def _plain(error: ValidationError) -> str:
    say = _SAY.get(str(error.validator))
    return say(error) if say is not None else error.message


def _type(error: ValidationError) -> str:
    wanted = _any(error.validator_value)
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return f"must be {' or '.join(_KINDS[kind] for kind in kinds)}, not {shown(error.instance)}"


def _enum(error: ValidationError) -> str:
    allowed = _any(error.validator_value)
    hint = nearest(str(error.instance), [each for each in allowed if each is not None])
    return f"must be {listed(allowed)}, not {shown(error.instance)}.{hint}"


def _pattern(error: ValidationError) -> str:
    written = str(error.validator_value)
    known = (words for start, words in _PATTERNS if written.startswith(start))
    return f"{next(known, 'is not written as it should be')}, not {shown(error.instance)}"


def _twice(error: ValidationError) -> str:
    held = [str(item) for item in _any(error.instance)]
    doubled = sorted({item for item in held if held.count(item) > 1})
    return f"holds the same thing twice: {', '.join(doubled)}"


_SAY: Mapping[str, Callable[[ValidationError], str]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "pattern": _pattern,
        "uniqueItems": _twice,
        "const": lambda error: (
            f"must be {shown(error.validator_value)}, not {shown(error.instance)}"
        ),
        "minItems": lambda _error: "must not be an empty list",
        "minLength": lambda _error: "must not be empty",
        "minimum": lambda error: f"must be at least {error.validator_value}",
    }
)
