"""The contract of every store: searching."""

from itertools import islice

import pytest
from eventually import eventually
from stored import find, find_positions

from broker.core.store import ForgottenUser, Pruned, Query, Store, StoredMessage, StoredUser
from messages.limits import MAX_SEQ


def say(store: Store, *texts: str, conversation: str = "#lobby", user: int = 1) -> None:
    head = store.load().heads.get(conversation, 0)
    latest = store.load().latest
    for seq, text in enumerate(texts, head + 1):
        latest += 1
        message = StoredMessage(conversation, seq, f"{conversation}-{seq}", user, "somebody", text, latest)
        store.commit([message])
    eventually(lambda: not store.upkeep(), "upkeep comes to an end")


def query(
    *words: str,
    conversations: tuple[str, ...] = ("#lobby",),
    user: int | None = None,
    since: int = 0,
    until: int = MAX_SEQ,
    older_than: int | None = None,
    limit: int = 100,
    party: int | None = None,
) -> Query:
    return Query(words, frozenset(conversations), user, since, until, older_than, limit, party)


def texts(store: Store, asked: Query) -> list[str]:
    found = find(store, asked)
    assert store.unindexed == 0
    return [message.text for message in found]


def test_the_latest_message_with_all_words_comes_first(store: Store) -> None:
    say(store, "the red fox", "the fox", "a fox is red", "red")
    assert texts(store, query("fox", "red")) == ["a fox is red", "the red fox"]


def test_a_hit_is_the_whole_message(store: Store) -> None:
    message = StoredMessage("@1|@2", 1, "x", 1, "alice", "hello", 5, "bob")
    store.commit([StoredUser(1, "alice", None), StoredUser(2, "bob", None), message])
    assert find(store, query("hello", conversations=("@1|@2",))) == [message]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("fox", "FOX!"),
        ("FOX", "a fox, there"),
        ("cafe", "the Café"),
        ("café", "the CAFE\u0301"),
        ("uber", "Über"),
        ("ЁЛКА", "елка"),
        ("λόγος", "ΛΟΓΟΣ λογος"),
        ("日本", "日本"),
        ("strasse", "Straße"),
        ("истории", "истории\u0306"),
        ("42", "it is 42."),
        ("foo-bar", "see foo bar"),
        ("don't", "I don't know"),
        ("fo*", "a fox"),
        ("foo-b*", "see Foo: bar"),
    ],
)
def test_words_match_whatever_their_case_accents_and_punctuation(store: Store, word: str, text: str) -> None:
    say(store, text)
    assert texts(store, query(word)) == [text]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("fox", "foxes"),
        ("ox", "fox"),
        ("foo-bar", "foo is not bar"),
        ("foo-bar", "bar foo"),
        ("*ox", "fox"),
        ("c1", "place"),
        ("u1", "place"),
        ("p1", "place"),
    ],
)
def test_other_words_do_not_match(store: Store, word: str, text: str) -> None:
    say(store, text)
    assert texts(store, query(word)) == []


@pytest.mark.parametrize(
    "word", ['"', "'", '""', "fox OR red", "fox NEAR", "text:fox", "(fox", "-fox", "^fox", "+"]
)
def test_nothing_in_a_word_is_a_part_of_a_language(store: Store, word: str) -> None:
    say(store, "fox", "red", "place")
    assert texts(store, query("red", word)) in ([], ["red"])


def test_punctuation_between_words_is_ignored(store: Store) -> None:
    say(store, "red fox", "fox")
    assert texts(store, query("fox", "&", "...", "red", "*")) == ["red fox"]


def test_where_only_punctuation_is_looked_for_nothing_is_found(store: Store) -> None:
    say(store, "red & fox ...")
    assert texts(store, query("&", "...")) == []


def test_without_words_everything_matches(store: Store) -> None:
    say(store, "one", "...", "three")
    assert texts(store, query()) == ["three", "...", "one"]


def test_only_the_given_conversations_are_searched(store: Store) -> None:
    say(store, "fox one")
    say(store, "fox two", conversation="#other")
    say(store, "fox three", conversation="@1|@2")
    assert texts(store, query("fox", conversations=("#lobby", "@1|@2", "#nowhere"))) == [
        "fox three",
        "fox one",
    ]
    assert texts(store, query("fox", conversations=("#nowhere",))) == []
    assert texts(store, query("fox", conversations=())) == []


def test_all_direct_conversations_of_a_party_are_searched_beside_others(store: Store) -> None:
    say(store, "fox zero")
    say(store, "fox one", conversation="@1|@2", user=1)
    say(store, "fox two", conversation="@2|@11", user=2)
    say(store, "fox three", conversation="@1|@11", user=11)
    say(store, "fox four", conversation="#other", user=1)
    assert texts(store, query("fox", party=1)) == ["fox three", "fox one", "fox zero"]
    assert texts(store, query("fox", conversations=(), party=2)) == ["fox two", "fox one"]
    assert texts(store, query("fox", conversations=(), party=11, user=2)) == ["fox two"]
    assert texts(store, query("fox", conversations=("@1|@2",), party=11)) == [
        "fox three",
        "fox two",
        "fox one",
    ]
    assert texts(store, query("fox", conversations=(), party=3)) == []


def test_messages_of_forgotten_or_pruned_conversations_are_not_found(store: Store) -> None:
    store.commit([StoredUser(user, str(user), None) for user in (1, 2, 3)])
    say(store, "fox one", conversation="@1|@2")
    say(store, "fox two", "fox three", conversation="@1|@3")
    assert len(texts(store, query("fox", party=1))) == 3
    store.commit([ForgottenUser(2)])
    store.commit([Pruned("@1|@3", 2)])
    assert texts(store, query("fox", party=1)) == ["fox three"]


def test_a_thousand_conversations_can_be_searched_at_once(store: Store) -> None:
    many = tuple(f"#room{number}" for number in range(1_200))
    store.commit([StoredMessage(room, 1, room, 1, "alice", "fox", 1) for room in many])
    eventually(lambda: not store.upkeep(), "upkeep comes to an end")
    assert len(texts(store, query("fox", conversations=many[:-1], limit=5_000))) == 1_199


def test_only_messages_of_the_given_user_are_found(store: Store) -> None:
    say(store, "fox one", user=1)
    say(store, "fox eleven", user=11)
    assert texts(store, query("fox", user=1)) == ["fox one"]
    assert texts(store, query(user=11)) == ["fox eleven"]
    assert texts(store, query("fox", user=2)) == []


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(0, 99, "54321"), (2, 4, "32"), (3, 3, ""), (5, 6, "5"), (6, 99, ""), (0, 1, "")],
)
def test_only_messages_within_the_times_are_found(store: Store, since: int, until: int, found: str) -> None:
    say(store, *(f"fox {number}" for number in range(1, 6)))
    assert texts(store, query("fox", since=since, until=until)) == [f"fox {number}" for number in found]


def test_older_messages_are_found_page_by_page(store: Store) -> None:
    say(store, *(f"fox {number}" for number in range(1, 6)))
    say(store, "no", "no")
    first = find_positions(store, query("fox", limit=2))
    second = find_positions(store, query("fox", limit=2, older_than=first[-1][0]))
    third = find_positions(store, query("fox", limit=2, older_than=second[-1][0]))
    found = [message.text for hits in (first, second, third) for _, message in hits]
    assert found == ["fox 5", "fox 4", "fox 3", "fox 2", "fox 1"]
    assert find(store, query("fox", older_than=third[-1][0])) == []


def test_a_search_goes_on_at_each_position_that_it_has_come_to(store: Store) -> None:
    say(store, *(f"fox {number}" if number % 3 else "hen" for number in range(1, 20)))
    say(store, "fox 20", conversation="#other")
    asked = query("fo*", limit=3)
    every = texts(store, query("fo*"))
    for part in store.search(asked):
        if part.position is not None:
            seen = [message.text for position, message in part.hits]
            rest = texts(store, query("fo*", older_than=part.position))
            assert [*seen, *rest] == every[len(every) - len(seen) - len(rest) :]
    assert len(every) == 13


def test_a_search_goes_on_while_messages_come_and_go(store: Store) -> None:
    say(store, *(f"fox {number}" for number in range(1, 41)))
    steps = store.search(query("fox", "fox*", "fo*"))
    found = [message.seq for part in islice(steps, 3) for _, message in part.hits]
    store.commit([Pruned("#lobby", 11)])
    say(store, "fox 41")
    found += [message.seq for part in steps for _, message in part.hits]
    assert found == sorted(set(found), reverse=True)
    assert [seq for seq in found if seq > 10] == list(range(40, 10, -1))


def test_a_text_with_stacked_marks_is_found_by_its_letters(store: Store) -> None:
    say(store, "a" + "\u0301" * 2_000 + "\u0334" * 1_999)
    assert len(texts(store, query("a"))) == 1


def test_the_same_word_may_be_asked_for_many_times(store: Store) -> None:
    say(store, "fox", "aa ab ac b-aa c-aa")
    assert texts(store, query(*["fox"] * 70)) == ["fox"]
    assert texts(store, query("aa*", "ab*", "ac*", "b-aa*", "c-aa*", "c-aa")) == ["aa ab ac b-aa c-aa"]
    assert texts(store, query("aa*", "ab*", "ac*", "b-aa*", "d-aa*")) == []


def test_pruned_messages_are_not_found(store: Store) -> None:
    say(store, "fox 1", "fox 2", "fox 3")
    assert len(texts(store, query("fox"))) == 3
    store.commit([Pruned("#lobby", 3)])
    assert texts(store, query("fox")) == ["fox 3"]
    say(store, "fox 4")
    assert texts(store, query("fox", since=3)) == ["fox 4", "fox 3"]


def test_forgotten_messages_are_not_found_and_later_ones_are(store: Store) -> None:
    store.commit([StoredUser(1, "alice", None), StoredUser(2, "bob", None)])
    say(store, "fox in a room")
    say(store, "fox between us", conversation="@1|@2")
    assert len(texts(store, query("fox", conversations=("#lobby", "@1|@2")))) == 2
    store.commit([ForgottenUser(2)])
    assert texts(store, query("fox", conversations=("#lobby", "@1|@2"))) == ["fox in a room"]
    say(store, "fox again")
    assert texts(store, query("fox")) == ["fox again", "fox in a room"]
