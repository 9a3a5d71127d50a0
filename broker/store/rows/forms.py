"""The forms of entries as text in the database, and checks of what is stored about an entry."""

from __future__ import annotations

import msgspec

from broker.core.entries import PLAIN, EntryKind, Form
from broker.store.checksums import DamagedError, Row

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Form).decode


def form_to_text(form: Form) -> str:
    """Return a form as it is stored; an empty text if an entry has nothing special."""
    return "" if form is PLAIN or form == PLAIN else _encode(form).decode()


def form_from_text(text: str) -> Form:
    """Return a stored form. Raise DamagedError if it is none."""
    try:
        return _decode(text) if text else PLAIN
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise DamagedError("what is stored about an entry cannot be read") from None


def check_entry(row: Row, next_user: int) -> None:
    """Raise DamagedError if an entry is none that the broker writes."""
    seq, text, of, kind, form = row[2], row[6], row[9], row[10], form_from_text(row[11])
    if kind not in list(EntryKind):
        raise DamagedError(f"there is no kind of entry {kind!r}")
    if not (0 < of < seq if kind else 0 <= of < seq):
        raise DamagedError(f"entry {seq} is about {of}, which is not an earlier one")
    if bool(text) != (not kind and not form.deleted):
        raise DamagedError(f"entry {seq} has a text, or lacks it")
    if form.files and (kind or form.deleted):
        raise DamagedError(f"entry {seq} has files")
    if kind == EntryKind.REACTED and not form.reaction:
        raise DamagedError(f"entry {seq} has no reaction")
    for user, entry in (pair for one in form.reactions for pair in one.by):
        if not 0 <= user < next_user or entry <= seq:
            raise DamagedError(f"user {user} cannot have reacted to message {seq}")
