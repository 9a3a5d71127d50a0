"""A broker that acknowledges first and stores later: what the tests here must find out.

python late_broker.py --bind URL --data DIR
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from broker.core.store import Entry
from broker.server import Broker
from broker.store.sqlite import SqliteStore


class LateStore:
    """Passes on to a store each batch when the next one comes."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._late: Sequence[Entry] = ()

    def commit(self, entries: Sequence[Entry]) -> None:
        self._store.commit(self._late)
        self._late = list(entries)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def main() -> None:
    options = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    broker = Broker(store=LateStore(SqliteStore(Path(options["--data"]), secrets.token_hex(8))))
    print(f"Listening for connections on {broker.bind(options['--bind'])}...", flush=True)
    broker.run()


if __name__ == "__main__":
    main()
