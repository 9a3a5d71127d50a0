"""What a survey looks at: the data directory, the operator's log, and the open files of this process."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path

from broker.directory.backup_mark import last_backup
from broker.monitoring import logs
from broker.monitoring.log_handlers import FILES
from broker.monitoring.survey import Numbers, Survey
from broker.store.database import DATABASE

_DESCRIPTORS = "/proc/self/fd"


def surveys(directory: Path | None, log: Callable[[], Path | None] = logs.present_file) -> list[Survey]:
    """Return the surveys of a broker with this data directory, or with none. `log` names the log's file."""
    found = [Survey("process", look_at_process), Survey("log", partial(look_at_log, log))]
    if directory is not None:
        found.append(Survey("data", partial(look_at_data, directory)))
    return found


def look_at_data(directory: Path) -> Numbers:
    """Return the sizes of the database's files, the room on its disk, and when the last backup was made."""
    log = directory / f"{DATABASE}-wal"
    return {
        "chat_broker_database_bytes": (directory / DATABASE).stat().st_size,
        "chat_broker_write_ahead_log_bytes": log.stat().st_size if log.exists() else 0,
        "chat_broker_last_backup_timestamp_seconds": (last_backup(directory) or 0) / 1000,
        **_room(directory),
    }


def look_at_log(log: Callable[[], Path | None]) -> Numbers:
    """Return the size of the log, with the old files beside it, and the room on its disk.

    There are no numbers if the log is not in a file.
    """
    path = log()
    if path is None:
        return {}
    old = (path.with_name(f"{path.name}.{number}") for number in range(1, FILES + 1))
    size = path.stat().st_size + sum(file.stat().st_size for file in old if file.exists())
    return {"chat_broker_log_bytes": size, **_room(path.parent)}


def look_at_process() -> Numbers:
    """Return how many files this process has open, connections included, and how many it may have."""
    opened = os.stat(_DESCRIPTORS).st_size  # noqa: PTH116 - Linux has counted them there since 6.2
    return {
        "process_open_fds": opened or len(os.listdir(_DESCRIPTORS)),  # noqa: PTH208 - it is read at once
        "process_max_fds": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }


def _room(directory: Path) -> Numbers:
    found = os.statvfs(directory)
    return {
        "chat_broker_disk_free_bytes": found.f_bavail * found.f_frsize,
        "chat_broker_disk_size_bytes": found.f_blocks * found.f_frsize,
    }
