"""Which nats-server each row runs, and which version it shows. Scripts stand in for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.peers import PEERS
from benchmarks.peers.nats import NatsCore

CORE, STREAM, SYNCED = PEERS["nats-server"], PEERS["JetStream"], PEERS["JetStream synced"]


class Machine:
    """Has a nats-server on its PATH, beside its Python, at both places or at none."""

    def __init__(self, root: Path) -> None:
        self.on_path, self.beside_python = root / "path", root / "python"
        for place in (self.on_path, self.beside_python):
            place.mkdir()

    def install(self, place: Path, version: str) -> None:
        program = place / "nats-server"
        program.write_text(f"#!/bin/sh\necho nats-server: v{version}\n")
        program.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(machine.on_path))
    monkeypatch.setattr(sys, "executable", str(machine.beside_python / "python"))
    return machine


def test_only_the_synced_jetstream_prefers_the_newer_one_beside_python(
    machine: Machine, tmp_path: Path
) -> None:
    machine.install(machine.on_path, "2.9.10")
    machine.install(machine.beside_python, "2.15.1")
    assert [peer.find() for peer in (CORE, STREAM, SYNCED)] == [
        ("2.9.10", ""),
        ("2.9.10", ""),
        ("2.15.1", ""),
    ]
    programs = [Path(peer.prepare(tmp_path, 1)[0]).parent for peer in (CORE, STREAM, SYNCED)]
    assert programs == [machine.on_path, machine.on_path, machine.beside_python]


@pytest.mark.parametrize("peer", [CORE, STREAM, SYNCED], ids=lambda peer: peer.name)
def test_where_the_path_has_none_the_one_beside_python_is_run(
    peer: NatsCore, machine: Machine, tmp_path: Path
) -> None:
    machine.install(machine.beside_python, "2.15.1")
    assert peer.find() == ("2.15.1", "")
    assert peer.prepare(tmp_path, 1)[0] == str(machine.beside_python / "nats-server")


def test_a_new_one_on_the_path_can_sync_each_message(machine: Machine) -> None:
    machine.install(machine.on_path, "2.10.0")
    assert SYNCED.find() == ("2.10.0", "")


def test_the_synced_jetstream_is_left_out_where_there_is_only_an_old_one(machine: Machine) -> None:
    machine.install(machine.on_path, "2.9.10")
    version, why = SYNCED.find()
    assert version is None
    assert "2.9.10 has no `sync_interval: always`" in why


@pytest.mark.parametrize("peer", [CORE, STREAM, SYNCED], ids=lambda peer: peer.name)
def test_where_there_is_none_that_is_said(peer: NatsCore, machine: Machine) -> None:
    assert peer.find() == (None, "nats-server is not installed")
