"""A crowd of clients in a process of its own, or several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from eventually import DEADLINE

_HERE = Path(__file__).resolve()


class CrowdProcess:
    """Clients in a process of their own, and its last report. With a `file` they are a gateway's."""

    def __init__(self, url: str, broker_key: str, numbers: range, file: Path | None = None) -> None:
        self.told: dict[str, Any] = {"ready": 0, "ended": 0, "texts": []}
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "security.crowd", url, broker_key),
                *(str(numbers.start), str(len(numbers)), *([str(file)] if file else [])),
            ],
            env={**os.environ, "PYTHONPATH": f"{_HERE.parents[2]}:{_HERE.parents[1]}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.told = json.loads(line)

    def have(self, number: int, texts: list[str]) -> bool:
        """Whether all its clients are logged in and were shown just these texts, in this order."""
        return self.told == {"ready": number, "ended": 0, "texts": [[texts, number]]}

    def kill(self) -> None:
        """End it as kill -9 does."""
        self._process.kill()

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(6 * DEADLINE)
        self._reader.join(DEADLINE)
        self._process.stdout.close()
