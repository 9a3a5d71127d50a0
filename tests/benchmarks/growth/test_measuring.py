"""Sizes of an axis, small, on our broker. Nothing is timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.drivers import Length
from benchmarks.growth.axes import AXES
from benchmarks.growth.databases import provide
from benchmarks.growth.measuring import Plan, measure
from broker.store.sqlite import SqliteStore

SHORT = Length(warm_up=0.0, seconds=0.1, checked=2)
COST = {"cpu", "deliveries", "settled", "resident", "cpu_each"}


def test_rooms_are_measured_with_a_few_users(tmp_path: Path) -> None:
    figures = measure(AXES["rooms"], 3, Plan(SHORT, again=0, prepared=tmp_path, crowd=5))
    assert figures.keys() >= COST
    assert figures["deliveries"] > 0


@pytest.mark.parametrize("name", ["stored", "stored-on-disk"])
def test_pages_and_logins_are_measured_beside_stored_messages(name: str, tmp_path: Path) -> None:
    figures = measure(AXES[name], 300, Plan(SHORT, again=2, prepared=tmp_path))
    assert figures.keys() >= COST | {"page", "login"}
    assert figures["deliveries"] > 0


def test_a_database_is_written_once_with_all_messages_in_the_index(tmp_path: Path) -> None:
    directory = provide(tmp_path, "#r0", ["m0", "m1"], 300)
    store = SqliteStore(directory, "other")
    assert store.unindexed == 0
    assert store.load().heads == {"#r0": 300}
    assert {member.user for member in store.load().members} == {1, 2}
    store.close()
    before = (directory / "chat.db").stat().st_mtime_ns
    assert provide(tmp_path, "#r0", ["m0", "m1"], 300) == directory
    assert (directory / "chat.db").stat().st_mtime_ns == before


@pytest.mark.parametrize("axis", AXES.values(), ids=lambda axis: axis.name)
def test_every_size_has_as_many_as_it_says(axis) -> None:
    for size in axis.sizes:
        workload = axis.make(size)
        assert workload.name == f"{axis.name}-{size}"
        if axis.name.startswith("rooms"):
            assert (workload.rooms, workload.members, workload.users + workload.crowd) == (size, 10, 1_000)
        elif not axis.stored:
            assert workload.users + workload.crowd == size
