"""The index of words in the SQLite store: if it is damaged, the store rebuilds it and loses nothing."""

from pathlib import Path

import pytest
from stored import batch, change, find, search_all

from broker.core.store import Entry, ForgottenUser, Pruned, Query
from broker.store.sqlite import SqliteStore
from messages.limits import MAX_SEQ


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE found_data SET block = x'00' WHERE id > 10",
        "DELETE FROM found_data WHERE id > 10",
        "UPDATE indexing SET upto = 1",
        "DELETE FROM indexing",
        "DELETE FROM blocks",
        "UPDATE blocks SET first = 2",
    ],
)
def test_a_damaged_index_is_made_anew(stored: Path, statement: str) -> None:
    reports: list[str] = []
    change(stored, statement)
    store = SqliteStore(stored, "second", reports.append)
    assert len(search_all(store)) == 54
    assert reports[-1] == f"the index of words in {stored}/chat.db is damaged; the broker rebuilds it"
    store.commit(batch(19))
    assert len(search_all(store)) == 72
    store.close()


@pytest.mark.parametrize("gone", [Pruned("@1|@2", 5), ForgottenUser(2)])
def test_a_commit_that_finds_the_index_damaged_makes_it_anew_and_stores_everything(
    stored: Path, gone: Entry
) -> None:
    store = SqliteStore(stored, "second")
    search_all(store)
    change(stored, "UPDATE found_data SET block = x'ffffffffffffffffffffff' WHERE id = 1")
    store.commit([*batch(19), gone])
    assert store.load().heads["#lobby"] == 24
    store.close()
    SqliteStore(stored, "third").close()


def test_an_index_that_leads_to_another_conversation_gives_nothing_away(stored: Path) -> None:
    change(stored, "INSERT INTO found (rowid, words) VALUES (2, '1zsecret 1yc1 1yu1')")
    store = SqliteStore(stored, "second")
    query = Query(("secret",), frozenset(["#lobby"]), None, 0, MAX_SEQ, None, 10)
    assert find(store, query) == []
    assert len(search_all(store)) == 54
    store.close()
