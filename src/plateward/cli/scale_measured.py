"""What the capacity model counts with: each figure, and where it was measured. Kept here alone."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """`where` says which program measured it and on what; or that it is a bound, or assumed."""

    value: float
    unit: str
    what: str
    where: str


_TWO_CORES: Final = "on 2 cores of an AMD EPYC, November 2026"

ROW: Final = Figure(
    400,
    "bytes",
    "of the database a read: its row, its name, its indexes, and its share of the dictionary",
    "the most that the store may take; `make bench` measures what it takes",
)
PICTURES: Final = Figure(
    93_000,
    "bytes",
    "of pictures a read: the scene, 1,280 pixels wide, and the plate; or as --pictures says",
    "the 13 reads of the pictures that ship with the reader: 60 to 121 kB, 93 kB on average",
)
AROUND_PICTURES: Final = Figure(
    1.03,
    "times",
    "what a sealed picture takes in PostgreSQL: pages of 8,192 bytes hold 7,984 of it",
    "by calculation from PostgreSQL's TOAST format, and 28 bytes of seal",
)
INGEST: Final = Figure(
    0.75,
    "core-ms",
    "to take in a read by the batch endpoint: policy, seal, store, match, log",
    f"`make bench-ingest`: 2,672 a second flat out {_TWO_CORES} that carried the load too",
)
INGEST_SINGLE: Final = Figure(
    4.5,
    "core-ms",
    "to take in a read that is posted alone",
    f"`make bench-ingest`: 443 a second flat out {_TWO_CORES} that carried the load too",
)
FRAME: Final = Figure(
    103,
    "core-ms",
    "to read one frame of 1080p, people and vehicles included",
    f"`make bench-recognition`, eight at a time: 51.3 ms {_TWO_CORES}",
)
READER: Final = Figure(
    238e6,
    "bytes",
    "of memory for a process that reads frames",
    f"`make bench-recognition`: the most that `plateward read` took {_TWO_CORES}",
)
LIST_ENTRY: Final = Figure(
    85,
    "bytes",
    "of memory for each looked-for plate, in each process that takes reads in",
    "bench/hotlist.py: 81 MiB for a million entries",
)
KNOWN: Final = Figure(
    24,
    "bytes",
    "of memory for each distinct plate, in each process that searches",
    "by calculation: its characters, its number (8) and its end (4), and room for more",
)
DISTINCT: Final = Figure(
    0.11,
    "of the reads are",
    "distinct plates, until every vehicle has been seen",
    "measured on simulated traffic: 2.15 million in 20 million reads of 60 days",
)
VEHICLES: Final = Figure(
    30e6,
    "vehicles",
    "are there at most to be read",
    "assumed: as many as the largest state registers",
)
SPELLINGS: Final = Figure(
    5, "spellings", "of each vehicle's plate are read in the end, misread ones in", "assumed"
)
PEAK: Final = Figure(3, "times", "the busiest hour is, against the mean", "assumed")
FILLED: Final = Figure(
    0.7, "of a disk", "may be filled, so that indexes can be built anew and days overlap", "assumed"
)
COPIES: Final = Figure(
    2, "copies", "of everything: each machine has a standby", "chosen; a town may do with a backup"
)
HOT: Final = Figure(
    0.1, "of the rows", "are asked for all the time and fit in memory", "assumed: the newest days"
)

FIGURES: Final = (
    *(ROW, PICTURES, AROUND_PICTURES, INGEST, INGEST_SINGLE, FRAME, READER, LIST_ENTRY, KNOWN),
    *(DISTINCT, VEHICLES, SPELLINGS, PEAK, FILLED, COPIES, HOT),
)
