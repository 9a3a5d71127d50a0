"""The sizes of the broker's files and the room on their disk. The screen looks by itself, in threads."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from broker.monitoring.places import look_at_data, look_at_log
from broker.monitoring.survey import Numbers, Survey

FILES = {
    "database": "chat_broker_database_bytes",
    "write_ahead_log": "chat_broker_write_ahead_log_bytes",
    "log": "chat_broker_log_bytes",
    "disk_free": "chat_broker_disk_free_bytes",
    "disk_size": "chat_broker_disk_size_bytes",
    "last_backup": "chat_broker_last_backup_timestamp_seconds",
}
"""Fields of the object for scripts, and the metrics that they are."""


class Files:
    """Looks at the data directory and at the log, if it is a file whose place is known."""

    def __init__(self, directory: Path, log: str) -> None:
        path = Path(log)
        place = path if path.is_absolute() and path.is_file() else None
        self._surveys = [
            Survey("log", partial(look_at_log, lambda: place)),
            Survey("data", partial(look_at_data, directory)),
        ]

    def start(self) -> None:
        """Look again and again, in threads."""
        for survey in self._surveys:
            survey.start()

    def look(self) -> Numbers:
        """Look once."""
        for survey in self._surveys:
            survey.look()
        return self.numbers

    @property
    def numbers(self) -> Numbers:
        """What was seen last. The disk is that of the data directory."""
        return {name: number for survey in self._surveys for name, number in survey.numbers.items()}

    def end(self) -> None:
        """Look no more."""
        for survey in self._surveys:
            survey.end(0.0)
