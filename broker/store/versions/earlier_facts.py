"""The names that earlier versions gave to stored facts and to their fields."""

from __future__ import annotations

import sqlite3

import msgspec

from broker.store.checksums import FACTS
from broker.store.versions.rewriting import undecoded_text_as_bytes

_KINDS = {"deed": "audit"}
_FIELDS = {"deed": "action", "whom": "target"}


def renamed(kind: str, value: bytes) -> tuple[str, bytes]:
    """Return the present kind and JSON of a fact from an earlier database or an export of version 1.

    If the JSON is not that of an object, it stays as it is.
    """
    if kind not in _KINDS:
        return kind, value
    try:
        fields = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
        action = msgspec.json.decode(fields["deed"], type=str)
    except (KeyError, UnicodeDecodeError, msgspec.MsgspecError):
        return _KINDS[kind], value
    word, space, role = action.partition(" ")
    fields["deed"] = msgspec.Raw(
        msgspec.json.encode(f"{'set-role' if word == 'rank' else word}{space}{role}")
    )
    return _KINDS[kind], msgspec.json.encode({_FIELDS.get(name, name): raw for name, raw in fields.items()})


def rename_all(connection: sqlite3.Connection) -> None:
    """Give the present names to all facts that have earlier ones. Call this in a transaction.

    A damaged fact stays as it is, so that its checksum still shows the damage.
    """
    facts = FACTS.at(0)
    for kind in _KINDS:
        with undecoded_text_as_bytes(connection):
            found = connection.execute(facts.select("WHERE kind = ?"), (kind,)).fetchall()
        rows = [row for row in found if facts.is_whole(row)]
        connection.executemany("DELETE FROM facts WHERE kind = ? AND key = ?", [row[:2] for row in rows])
        for _, key, value, _ in rows:
            present, changed = renamed(kind, value)
            connection.execute(facts.insert, facts.row(present, key, changed))
