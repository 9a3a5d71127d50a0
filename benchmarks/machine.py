"""The machine on which the benchmark ran."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

import zmq


def describe() -> dict[str, str]:
    """Return the machine and the libraries, each in a few words."""
    return {
        "processor": _read_field(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_read_field(Path('/proc/meminfo'), 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "pyzmq": zmq.pyzmq_version(),
        "libzmq": zmq.zmq_version(),
        "SQLite": sqlite3.sqlite_version,
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def _read_field(path: Path, name: str) -> str:
    """Return the value of the first `name:` in a file of /proc; empty if there is none."""
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
