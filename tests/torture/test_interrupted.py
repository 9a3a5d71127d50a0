"""A restore or import that is killed: the next start has the old or new data, or says what to do."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE
from torture.figures import figure
from torture.stored import read_log
from torture.traced import strace

from broker.core.store import StoredMember, StoredMessage, StoredRoom, StoredUser
from broker.directory.invite_list import Issued
from broker.directory.invite_list import text_of as text_of_list
from broker.security.keys import make_keys, text_of
from broker.store.files.naming import new_file
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up
from broker.store.verbs.dump import export

SEED = 20_270
ROOT = Path(__file__).parents[2]
POINTS = figure(1, 200)
"""Calls at which each kind of run is killed, at most."""

CALLS = ("rename", "link", "unlink", "fsync", "fdatasync", "rmdir", "ftruncate")
LATE = 10
TRACED = f"trace={','.join(CALLS)}"
OLD_KEY, NEW_KEY = text_of(make_keys()), text_of(make_keys())
OLD_INVITES, NEW_INVITES = (text_of_list([Issued(digit * 18, 1, 2, 1, "", 0)]) for digit in "01")
OLD, NEW = 3, 5
"""How many messages the old data has, and the new."""


def fill(directory: Path, messages: int) -> None:
    with closing(SqliteStore(directory, f"{messages} messages")) as store:
        store.commit([StoredUser(1, "ann", None), StoredRoom("#lobby", "#lobby", "")])
        store.commit([StoredMember("#lobby", 1, 0)])
        store.commit(
            [StoredMessage("#lobby", seq, str(seq), 1, "ann", "hi", seq) for seq in range(1, messages + 1)]
        )


class Scene:
    """A data directory, which may have data, and a verb that puts other data there."""

    def __init__(self, place: Path, verb: str, *, has_data: bool) -> None:
        self.data, self.origin = place / "data", place / "origin"
        self.verb, self.has_data = verb, has_data
        self.file = place / "file"
        self.calls = place / "calls"
        fill(self.origin, NEW)
        if verb == "restore":
            back_up(self.origin, self.file, {"curve.key": NEW_KEY, "invites": NEW_INVITES})
        else:
            with new_file(self.file) as lines:
                export(self.origin / "chat.db", lines.write)

    def prepare(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if self.has_data:
            fill(self.data, OLD)
            key = self.data / "curve.key"
            key.write_text(OLD_KEY)
            key.chmod(0o600)
            (self.data / "invites").write_text(OLD_INVITES)
        else:
            self.data.mkdir()

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the verb, under strace if there are options for it."""
        prefix = strace(self.calls, "-e", TRACED, *options) if options else ()
        arguments = ("-m", "broker", self.verb, str(self.file), "--data", str(self.data))
        command = [*prefix, sys.executable, *arguments]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=DEADLINE, check=False
        )

    def points(self) -> list[tuple[str, int]]:
        """Return all calls of a run that is not killed: their names, each with its number of this name."""
        self.prepare()
        done = self.run("-e", "signal=none")
        assert done.returncode == 0, done.stderr
        found = re.findall(r"^\d+ +(\w+)\(", self.calls.read_text(errors="replace"), re.MULTILINE)
        numbers: Counter[str] = Counter()
        points = []
        for call in found:
            numbers[call] += 1
            points.append((call, numbers[call]))
        return points

    def start(self) -> tuple[str, int]:
        """Start a broker, and end it. Return what it said if it refused, and how many messages there are."""
        options = ("--bind", "tcp://127.0.0.1:0", "--log-level", "error")
        with closing(BrokerProcess(*options, "--data", str(self.data))) as process:
            try:
                process.listen()
            except AssertionError:
                assert process.end() == 3
                return "".join(process.err), 0
            assert process.stop() == 0
        return "", len(read_log(self.data))


@pytest.mark.parametrize(
    ("verb", "has_data"), [("restore", True), ("restore", False), ("import", False)], ids=str
)
def test_a_killed_verb_leaves_the_old_data_or_the_new_or_is_named(
    tmp_path: Path, verb: str, has_data: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # it makes and renames files too
    scene = Scene(tmp_path, verb, has_data=has_data)
    points = scene.points()
    outcomes: Counter[str] = Counter()
    for call, number in chosen(points):
        scene.prepare()
        killed = scene.run("-e", f"inject={call}:signal=KILL:when={number}")
        assert killed.returncode == -signal.SIGKILL, (call, number, killed.stderr)
        outcomes[outcome(scene, f"{call} {number}")] += 1
    print(f"\n{verb}: killed at {sum(outcomes.values())} of {len(points)} calls: {dict(outcomes)}")


def chosen(points: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return some points in any order, first of all those near the end, where files get other names."""
    random, (early, late) = Random(SEED), (points[:-LATE], points[-LATE:])
    return (random.sample(late, len(late)) + random.sample(early, len(early)))[:POINTS]


def outcome(scene: Scene, point: str) -> str:
    """Check what a killed verb has left, and that the next run clears it. Return what it was."""
    said, messages = scene.start()
    if said:
        assert not scene.has_data, (point, said)
        assert re.fullmatch(r"chat-broker: .* interrupted before .*; repeat it, or remove .*\n", said), point
        told = "refused"
    else:
        told = {OLD: "old", NEW: "new"}.get(messages, f"{messages} messages")
        assert told in (("old", "new") if scene.has_data else ("new",)), point
        if scene.verb == "restore":
            key = (scene.data / "curve.key").read_text()
            invites = (scene.data / "invites").read_text()
            old, new = (OLD_KEY, OLD_INVITES), (NEW_KEY, NEW_INVITES)
            assert (key, invites) == (old if told == "old" else new), point
    again = scene.run()
    if again.returncode:
        assert (scene.verb, told) == ("import", "new"), (point, again.stderr)
        assert "exists already" in again.stderr, point
    assert not list(scene.data.glob("*.part")), point
    assert scene.start() == ("", NEW), point
    return told
