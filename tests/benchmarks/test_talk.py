"""Who says what to whom."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.peers import PEERS
from benchmarks.talk import Talk
from benchmarks.workloads import USUAL, WORKLOADS, Workload, select

OURS, REDIS = PEERS["chat-broker"], PEERS["redis"]
MARKER = b"~^|~^"


TALKING = [one for one in WORKLOADS.values() if one.kind not in {"idle", "storm"}]


@pytest.mark.parametrize("workload", TALKING, ids=lambda one: one.name)
def test_all_rooms_are_equally_large_and_each_has_its_speakers(workload: Workload) -> None:
    talk = Talk(workload, OURS, MARKER)
    hearers = Counter(len(voice.hearers) for voice in talk.voices)
    assert set(hearers) <= {1 if workload.kind == "direct" else workload.members - 1}
    speakers = Counter(voice.to for voice in talk.voices)
    each = 1 if workload.kind == "direct" else workload.senders
    assert set(speakers.values()) <= {each}
    assert all(voice.speaker not in voice.hearers for voice in talk.voices)


def test_a_user_of_shared_rooms_is_in_different_ones() -> None:
    workload = WORKLOADS["rooms-1000-shared"]
    talk = Talk(workload, OURS, MARKER)
    rooms = Counter((voice.speaker, voice.to) for voice in talk.voices)
    assert set(rooms.values()) == {1}
    assert Counter(speaker for speaker, _ in rooms) == dict.fromkeys(range(1_000), 10)


def test_where_a_server_echoes_the_speaker_hears_itself() -> None:
    voice = Talk(WORKLOADS["fanout-10-100-1"], REDIS, MARKER).voices[0]
    assert voice.speaker in voice.hearers
    assert len(voice.hearers) == 10


def test_texts_are_numbered_marked_once_and_of_the_size_asked_for() -> None:
    voice = Talk(WORKLOADS["fanout-10-100-1"], OURS, MARKER).voices[3]
    first, second, third = voice.make_texts(2) + voice.make_texts(1)
    assert [first[:19], second[:19], third[:19]] == [b"~^|~^00003.%08d" % number for number in (1, 2, 3)]
    assert {len(text) for text in (first, second, third)} == {100}
    assert first.count(MARKER) == 1


def test_a_selection_is_by_name_or_by_the_beginning_of_names() -> None:
    assert [one.name for one in select(["alone"])] == ["alone"]
    assert [one.name for one in select(["rooms-1000"])] == ["rooms-1000"]
    assert {one.kind for one in select(["rooms"])} == {"rooms"}
    assert len(select(["all"])) == len(WORKLOADS)
    assert [one.name for one in select([])] == list(USUAL)
    assert {"curve-fanout-100", "curve-storm-5000", "rate-1000", "idle-10000"} <= set(USUAL)
    with pytest.raises(ValueError, match="no workload begins with 'dance'"):
        select(["dance"])


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=lambda one: one.name)
def test_a_small_version_asks_the_same_of_fewer(workload: Workload) -> None:
    small = workload.shrunk(20)
    assert small.users <= 20
    assert (small.kind, small.text, small.in_flight) == (workload.kind, workload.text, workload.in_flight)
    assert Talk(small, OURS, MARKER).conversations == (10 if small.kind == "direct" else small.rooms)


def test_members_of_our_broker_confirm_as_seldom_as_it_asks_so_many_to() -> None:
    assert [OURS.confirm_seconds(users) for users in (10, 10_000)] == [0.25, 5.0]
