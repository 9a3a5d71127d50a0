"""The forms of entries as text in the database, and checks of what is stored about an entry."""

from __future__ import annotations

import msgspec

from broker.core.entries import MOST_TAKEN_BACK, PLAIN, EntryKind, Form, Mentioned, Reacting, digest
from broker.store.checksums import DamagedError, Row
from messages.files import check_file_name, check_hash, check_media_type
from messages.limits import MAX_FILES, MAX_MENTIONS, MAX_SEQ

_MOST_REACTIONS = 50  # different ones to a message, which versions took that were never released
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
    if form.mentions is not None and (kind or form.deleted):
        raise DamagedError(f"entry {seq} mentions somebody, but has no text")
    if not _is_possible(int(seq), form):
        raise DamagedError(f"what is stored about entry {seq} is impossible")
    _check_files(int(seq), form)
    _check_users(int(seq), form, next_user)


def _is_possible(seq: int, form: Form) -> bool:
    """Return whether numbers and sizes are such as the broker writes: no client could read others."""
    return (
        0 <= form.edited <= MAX_SEQ
        and (form.deleted == 0 or seq < form.deleted <= MAX_SEQ)
        and len(form.digest) in (0, len(digest("")))
        and len(form.reactions) <= _MOST_REACTIONS
        and len(form.taken_back) <= MOST_TAKEN_BACK
        and (form.mentions is None or len(form.mentions.users) <= MAX_MENTIONS)
    )


def _check_files(seq: int, form: Form) -> None:
    """Raise DamagedError if a message cannot have these files. A hash becomes a path."""
    try:
        for file in form.files:
            check_file_name(file.name)
            check_hash(file.hash)
            check_media_type(file.media_type)
    except ValueError as error:
        raise DamagedError(f"message {seq} has a file that cannot be: {error}") from None
    if len(form.files) > MAX_FILES or min((one.size for one in form.files), default=0) < 0:
        raise DamagedError(f"message {seq} cannot have such files")


def _check_users(seq: int, form: Form, next_user: int) -> None:
    """Raise DamagedError if there can be no such users."""
    if not 0 <= form.tenth < next_user:
        raise DamagedError(f"user {form.tenth} cannot have a reaction of entry {seq}")
    named = form.mentions or Mentioned()
    for user in (*(one for one, _ in named.users), *named.here):
        if not 0 < user < next_user:
            raise DamagedError(f"message {seq} cannot mention user {user}")
    for user, entry in (pair for one in form.reactions for pair in _pairs(one)):
        if not 0 <= user < next_user or entry <= seq:
            raise DamagedError(f"user {user} cannot have reacted to message {seq}")
    for _, user, entry in form.taken_back:
        if not 0 <= user < next_user or entry <= seq:
            raise DamagedError(f"user {user} cannot have taken a reaction to message {seq} back")


def _pairs(one: Reacting) -> list[tuple[int, int]]:
    """Return the users of a reaction. Raise DamagedError if the broker would write them differently."""
    try:
        pairs = one.pairs
    except msgspec.MsgspecError:
        pairs = []
    if not pairs or one != Reacting.of(one.reaction, *pairs):
        raise DamagedError(f"the users of the reaction {one.reaction} cannot be read")
    return pairs
