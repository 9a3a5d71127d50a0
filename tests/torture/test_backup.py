"""Backups taken while people talk: each is whole, a prefix of the log, and another log when restored."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from eventually import DEADLINE
from live_broker import Dealer
from programs import SCRIPTS
from torture.conftest import BrokerFactory, Connect
from torture.figures import figure
from torture.stored import Ledger, Row, misapplied, read_log
from torture.talkers import Load

SEED = 20_268
BACKUPS = figure(2, 30)
BETWEEN = 200
"""Messages acknowledged between two backups, at least."""


def run(*arguments: object) -> tuple[int, str]:
    """Run a verb of `chat-broker`; return its exit code and what it says."""
    command = [SCRIPTS / "chat-broker", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60 * DEADLINE, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def by_conversation(rows: list[Row]) -> dict[str, list[Row]]:
    return {name: list(found) for name, found in groupby(rows, key=lambda row: row.conversation)}


def is_prefix(rows: list[Row], whole: list[Row]) -> bool:
    """Whether each conversation of a log is the beginning of the same one in another."""
    complete = by_conversation(whole)
    return all(found == complete.get(name, [])[: len(found)] for name, found in by_conversation(rows).items())


def without_changed_texts(rows: list[Row], ledger: Ledger) -> list[Row]:
    """Return the rows without what may have been changed after a backup: texts, and present forms."""
    return [replace(row, text="" if row.id in ledger.changed else row.text, form="") for row in rows]


def test_each_backup_under_load_is_a_verified_prefix_of_the_log_with_all_acknowledged_before_it(
    make_broker: BrokerFactory, connect: Connect, tmp_path: Path
) -> None:
    broker, ledger = make_broker(), Ledger()
    acked_before: list[set[str]] = []
    with Load(broker.url, ledger, SEED):
        for number in range(BACKUPS):
            ledger.wait_for(BETWEEN)
            acked_before.append(set(ledger.acked))
            code, said = run("backup", tmp_path / f"backup{number}", "--data", broker.data)
            assert code == 0, said
    assert broker.stop() == 0
    whole = read_log(broker.data)
    for number, acked in enumerate(acked_before):
        file, data = tmp_path / f"backup{number}", tmp_path / f"restored{number}"
        for verb in (("verify", file), ("restore", file, "--data", data), ("verify", "--data", data)):
            code, said = run(*verb)
            assert code == 0, said
        rows = read_log(data)
        assert not misapplied(rows)
        assert is_prefix(without_changed_texts(rows, ledger), without_changed_texts(whole, ledger))
        assert acked <= {row.id for row in rows}, f"backup {number} lacks what was acknowledged before it"
    assert_known_as_another_log(make_broker, connect, f"restored{BACKUPS - 1}")
    print(f"\n{BACKUPS} backups, the last of {len(rows):,} of {len(whole):,} messages")


def assert_known_as_another_log(make_broker: BrokerFactory, connect: Connect, restored: str) -> None:
    """Fail unless clients are told another epoch by the restored log than by the one that it is a copy of."""
    old, new = make_broker(), make_broker(data=restored)
    assert epoch(connect(old.url, "ann")) != epoch(connect(new.url, "ann"))


def epoch(user: Dealer) -> str:
    return str(user.ask("login", protocol=1, name=user.name)["epoch"])


def test_a_log_that_differs_is_no_prefix() -> None:
    log = [Row("#lobby", seq, "ann", f"id{seq}", f"text {seq}") for seq in (1, 2, 3)]
    other = Row("#lobby", 2, "ann", "id2", "another text")
    assert is_prefix(log[:2], log)
    assert not is_prefix([log[0], other], log)
    assert not is_prefix(log[1:], log)
