"""Only the broker's user can read its files, with any umask."""

import os
import stat
from pathlib import Path

from programs import SCRIPTS, house

from messages.exits import Exit


def test_other_users_cannot_read_the_data_or_its_copies(tmp_path: Path, short_path: Path) -> None:
    with house(tmp_path) as home:
        data, door, copy = tmp_path / "data", f"ipc://{short_path}/door", tmp_path / "copy"
        options = f"--bind tcp://127.0.0.1:0 --curve --bind {door} --data {data}"
        home.shell(f"umask 0; exec {SCRIPTS}/chat-broker {options}").says(f"on {door}")
        assert home.client(door, "alice", "send", "#lobby", "hello").wait() == Exit.DONE
        assert (
            home.shell(f"umask 0; exec {SCRIPTS}/chat-broker --data {data} backup {copy}").wait() == Exit.DONE
        )
        found = [data, copy, *data.rglob("*")]
        assert {"chat.db", "chat.db-wal", "curve.key"} <= {path.name for path in found}
        open_ = {path.name: oct(path.stat().st_mode) for path in found if path.stat().st_mode & 0o077}
        assert open_ == {}
        assert all(path.stat().st_uid == os.geteuid() for path in found)
        assert stat.S_ISDIR(data.stat().st_mode)
