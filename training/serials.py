"""Invent serials: by a place's formats, at random, or as vanity words."""

import numpy as np

from training.dies import ALPHABET

LETTERS = ALPHABET[10:]
DIGITS = ALPHABET[:10]
COMMON = "EEEAAAIIIOOOTTNNRRSSLLDDUUCMPGHBYFKVWXJZQ"
# Most issuers leave out I, O and Q, or give them seldom: where a 1 and an I are cut alike (Britain
# draws them as one sign), what stands there is nearly always the 1.
ISSUED = "".join(letter for letter in LETTERS if letter not in "IOQ") * 8 + "IOOQ"
BRITISH = LETTERS.replace("I", "").replace("Q", "")
BRITISH_YEARS = tuple(f"{year:02d}" for year in (*range(2, 27), *range(51, 76)))  # of half a year
MARKS = "-*/ "
SPECIALTY = 0.08  # share of plates with a picture before or after the serial


def fill(form: str, rng: np.random.Generator, letters: str = ISSUED) -> str:
    """The format with each @ (one of `letters`) and # replaced."""
    picks = rng.integers(1 << 30, size=len(form))
    out = []
    for sign, pick in zip(form, picks, strict=True):
        if sign == "@":
            out.append(letters[int(pick) % len(letters)])
        elif sign == "#":
            out.append(DIGITS[int(pick) % 10])
        else:
            out.append(sign)
    return "".join(out)


def at_random(rng: np.random.Generator) -> str:
    """Three to eight characters in no known format, with a gap now and then."""
    length = int(rng.choice((3, 4, 5, 6, 7, 8), p=(0.04, 0.08, 0.2, 0.32, 0.3, 0.06)))
    digit = rng.random(length) < rng.choice((0.25, 0.5, 0.75))
    text = "".join(str(rng.choice(list(DIGITS if d else ISSUED))) for d in digit)
    if rng.random() < 0.6 and length > 3:
        at = int(rng.integers(1, length))
        text = text[:at] + str(rng.choice(list("- **"))) + text[at:]
    return text


def vanity(rng: np.random.Generator) -> str:
    """Mostly letters, vowels often, runs of one letter sometimes."""
    length = int(rng.integers(4, 8))
    text = [COMMON[int(i)] for i in rng.integers(len(COMMON), size=length)]
    for i in range(1, length):
        if rng.random() < 0.12:
            text[i] = text[i - 1]
    for i in range(length):
        if rng.random() < 0.12:
            text[i] = DIGITS[int(rng.integers(10))]
    if rng.random() < 0.3:
        text.insert(int(rng.integers(1, length)), " ")
    return "".join(text)


def british(rng: np.random.Generator) -> str:
    """Mostly the format of today; I and Q are never issued, so a plain bar is a 1."""
    kind = rng.random()
    if kind < 0.8:
        year = BRITISH_YEARS[int(rng.integers(len(BRITISH_YEARS)))]
        return fill(f"@@{year} @@@", rng, BRITISH)
    if kind < 0.93:
        return fill(f"@{'#' * int(rng.integers(1, 4))} @@@", rng, BRITISH)
    return fill(str(rng.choice(["@@@ ###@", "### @@@", "@@@ ##", "# @@"])), rng, BRITISH)


def choose(formats: tuple[str, ...], rng: np.random.Generator) -> str:
    """Mostly a format of the place; the rest keeps the reader from leaning on formats."""
    kind = rng.random()
    if kind < 0.62 and formats:
        weight = np.array([1.0 / (1 + i) for i in range(len(formats))])
        text = fill(formats[int(rng.choice(len(formats), p=weight / weight.sum()))], rng)
    else:
        text = at_random(rng) if kind < 0.88 else vanity(rng)
    if rng.random() < SPECIALTY and not set("*/") & set(text):
        return f"*{text}" if rng.random() < 0.7 else f"{text}*"
    return text


def bare(text: str) -> tuple[str, ...]:
    """The lines of the serial without marks: what the reader must say."""
    return tuple("".join(c for c in line if c not in MARKS) for line in text.split("/"))
