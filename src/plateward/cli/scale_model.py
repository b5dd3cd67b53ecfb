"""What so many reads a day take: bytes, cores, machines. Arithmetic, from measured figures."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from plateward.cli import scale_measured as measured

_SECONDS: Final = 86_400
ONE_MACHINE_BYTES: Final = 4 * 10**12  # of database on one server: beyond, backups take days
ONE_MACHINE_READS: Final = 1_000.0  # a second at the peak


@dataclass(frozen=True, slots=True)
class Machine:
    """What one machine of a cluster has: cores, bytes of memory and of disk."""

    cores: int = 16
    memory: int = 128 * 10**9
    disk: int = 8 * 10**12


@dataclass(frozen=True, slots=True)
class Load:
    """`pictures`: bytes a read, 0 where none is kept. `frames`: a second, that each camera has
    read here; 0 for cameras that read by themselves. `wanted`: plates looked for."""

    cameras: int
    reads_a_day: int
    days: float
    pictures: int
    frames: float = 0
    wanted: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Needs:
    """Bytes are of one copy, unless said otherwise."""

    reads: float
    mean: float
    peak: float
    rows: float
    pictures: float
    disks: float
    disks_all_copies: float
    ingest_cores: float
    reading_cores: float
    reading_memory: float
    memory: float
    memory_each: float
    distinct: float

    def is_for_one_machine(self) -> bool:
        return self.rows + self.pictures <= ONE_MACHINE_BYTES and self.peak <= ONE_MACHINE_READS

    def workers(self, machine: Machine) -> int:
        """Machines that hold the data, without standbys: as many as disk, memory and cores ask."""
        return max(
            2,
            ceil(self.disks / machine.disk),
            ceil(self.memory / machine.memory),
            ceil(self.ingest_cores / machine.cores),
        )


def of(load: Load) -> Needs:
    """The needs of a load that goes on for as long as reads are kept."""
    kept = load.reads_a_day * load.days
    mean = load.reads_a_day / _SECONDS
    peak = mean * measured.PEAK.value
    rows = kept * measured.ROW.value
    pictures = kept * load.pictures * measured.AROUND_PICTURES.value
    disks = (rows + pictures) / measured.FILLED.value
    ever = measured.VEHICLES.value * measured.SPELLINGS.value
    distinct = min(kept * measured.DISTINCT.value, ever)
    reading_cores = load.cameras * load.frames * measured.FRAME.value / 1000
    return Needs(
        reads=kept,
        mean=mean,
        peak=peak,
        rows=rows,
        pictures=pictures,
        disks=disks,
        disks_all_copies=disks * measured.COPIES.value,
        ingest_cores=peak * measured.INGEST.value / 1000,
        reading_cores=reading_cores,
        reading_memory=ceil(reading_cores) * measured.READER.value,
        memory=rows * measured.HOT.value,
        memory_each=distinct * measured.KNOWN.value + load.wanted * measured.LIST_ENTRY.value,
        distinct=distinct,
    )
