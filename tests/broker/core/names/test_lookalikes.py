import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.core.changes import Changes
from broker.core.names.lookalikes import Lookalikes, scripts_mixed, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "aIice"),
        ("alice", "a1ice"),
        ("alice", "AL1CE"),
        ("alice", "alıce"),
        ("bob", "b0b"),
        ("Bob", "BOB"),
        ("mary", "rnary"),
        ("Mary", "RNARY"),
        ("cop", "сор"),
        ("BOB", "ВОВ"),
        ("alice", "𝐚𝐥𝐢𝐜𝐞"),
        ("straße", "STRASSE"),
        ("jose\u0301", "jos\u00e9"),
        ("#lobby", "#1obby"),
    ],
)
def test_names_that_a_reader_takes_for_each_other_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "alicia"),
        ("anna", "hanna"),
        ("jose", "josé"),
        ("user1", "user2"),
        ("nan", "van"),
        ("Дима", "Вима"),
        ("#dev", "dev"),
        ("a-b", "a_b"),
        ("müller", "muller"),
        ("山", "川"),
    ],
)
def test_names_that_differ_to_the_eye_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text(st.characters(categories=["L", "M", "Nd"]), min_size=1, max_size=8))
def test_a_skeleton_is_that_of_every_way_to_write_a_name(name: str) -> None:
    assert skeleton(name) == skeleton(unicodedata.normalize("NFC", name))
    assert skeleton(name) == unicodedata.normalize("NFD", skeleton(name))


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "müller_2",
        "Мария",
        "Σωκράτης",
        "דוד",
        "محمد",
        "अनिता१",
        "山田はなハナー",
        "김漢字",
        "中ㄅ",
        "ʻokina",
        "a-1.b",
        "ไทย",
    ],
)
def test_a_name_in_one_script_is_not_mixed(name: str) -> None:
    assert scripts_mixed(name) == ()


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("раураl", ("Cyrillic", "Latin")),
        ("Ωmega", ("Greek", "Latin")),
        ("taro山", ("Latin", "Han")),
        ("はな김", ("Hiragana", "Hangul")),
        ("alice٣", ("Latin", "Arabic or Thaana or Yezidi")),
        ("a\U000323b0", ("Latin", "Unknown")),
    ],
)
def test_the_scripts_of_a_mixed_name_are_told(name: str, scripts: tuple[str, ...]) -> None:
    assert scripts_mixed(name) == scripts


def test_a_name_is_like_those_that_are_borne_and_not_like_the_one_it_replaces() -> None:
    lookalikes = Lookalikes(Changes())
    lookalikes.add("alice")
    assert lookalikes.has("A1ice")
    assert not lookalikes.has("A1ice", instead_of="alice")
    assert not lookalikes.has("bob")
    lookalikes.add("aIice")
    assert lookalikes.has("A1ice", instead_of="alice")
    lookalikes.remove("aIice")
    assert lookalikes.has("a1ice")
    lookalikes.remove("alice")
    assert not lookalikes.has("alice")


def test_counting_names_can_be_taken_back() -> None:
    changes = Changes()
    lookalikes = Lookalikes(changes)
    lookalikes.add("alice")
    changes.settle()
    lookalikes.add("a1ice")
    lookalikes.add("bob")
    lookalikes.remove("alice")
    lookalikes.remove("a1ice")
    changes.revert()
    assert lookalikes.has("alice")
    assert not lookalikes.has("bob")
    assert not lookalikes.has("alice", instead_of="alice")
