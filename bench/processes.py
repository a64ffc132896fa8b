"""What the kernel knows of processes: processor time and memory."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """Direct children of a process."""
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time (user and system) that these processes have used so far, in seconds."""
    return sum(_cpu_seconds(pid, ended=False) for pid in pids)


def cpu_seconds_of_family(pid: int) -> float:
    """The same for a process and its children, those that have ended among them."""
    return _cpu_seconds(pid, ended=True) + sum(_cpu_seconds(child, ended=True) for child in children_of(pid))


def _cpu_seconds(pid: int, *, ended: bool) -> float:
    try:
        # The name in the second field may hold spaces; what follows the bracket does not.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11 : 15 if ended else 13])) / TICK


def precise_cpu_seconds(pid: int) -> float:
    """Processor time of a process with one thread, in seconds, finer than the ticks of its statistics."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def memory_of(pid: int) -> tuple[float, float]:
    """Resident and proportional memory in MB. The second counts pages shared with others only in part."""
    lines = dict(line.split(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("Rss", "Pss"))


def parent_of(pid: int) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
