"""The file that keeps drafts for the next start: one JSON document, by broker, user and conversation."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from client.editor.inputs import LINE_LIMIT, TypedLine
from client.editor.keyboard import is_typeable
from client.screen.composer.meaning import Aim, Draft, Target
from client.screen.model.drafts import Kept
from messages.directories import base_directory
from messages.limits import MAX_SEQ

MOST_BYTES = 500_000
"""The file has at most so many bytes: the drafts that were written first go first."""

_MOST_TRIES, _TRY_SECONDS = 20, 0.01
"""How often the lock is tried: others keep it for about a millisecond."""

_SPARE = 100  # bytes around a record
_NOT_KEPT = "Drafts are not kept for the next start"


class DraftFile:
    """The drafts of all brokers and users of this person, in a file that only they can read.

    Several clients can use it at the same time. If it cannot be used, nothing is kept, and `trouble` says
    why.
    """

    def __init__(self, path: Path, broker: str) -> None:
        self.trouble = ""
        self._path = path
        self._broker = broker

    def load(self, user: str) -> dict[str, Kept]:
        """Return the drafts of a user, by conversation."""
        found: dict[str, Kept] = {}
        try:
            with self._locked() as directory:
                records = _part(self._read(directory), self._broker, user)
        except OSError as error:
            self._fail(error)
            return {}
        for conversation, record in records.items():
            if (kept := _parse(conversation, record)) is not None:
                found[conversation] = kept
        return found

    def save(self, user: str, changed: Mapping[str, Kept | None]) -> None:
        """Keep these drafts, and drop those that are None. What other clients have kept stays."""
        if self.trouble:
            return
        try:
            with self._locked() as directory:
                document = self._read(directory)
                records = _part(document, self._broker, user)
                for conversation, kept in changed.items():
                    records.pop(conversation, None)
                    if kept is not None:
                        records[conversation] = _record(kept)
                self._write(directory, document)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.trouble = f"{_NOT_KEPT}: {self._path}: {error.strerror}."

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the directory, for one client at a time."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _lock(directory)
            yield directory
        finally:
            os.close(directory)

    def _read(self, directory: int) -> dict[str, Any]:
        """Return the document; an empty one if there is none or it is damaged."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            file = os.open(self._path.name, flags, dir_fd=directory)
        except FileNotFoundError:
            return {}
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                raise PermissionError(0, "it is not a file of yours")
            data = os.read(file, 2 * MOST_BYTES)
        finally:
            os.close(file)
        with suppress(ValueError, RecursionError):
            if isinstance(document := json.loads(data), dict):
                return document
        return {}

    def _write(self, directory: int, document: dict[str, Any]) -> None:
        """Replace the file at once, so that it is never half written."""
        data = _encode(document)
        if len(data) > MOST_BYTES:
            _shorten(document)
            data = _encode(document)
        name = f".{self._path.name}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            file = os.open(name, flags, 0o600, dir_fd=directory)
            try:
                os.fchmod(file, 0o600)
                while data:
                    data = data[os.write(file, data) :]
            finally:
                os.close(file)
            os.replace(name, self._path.name, src_dir_fd=directory, dst_dir_fd=directory)
        except OSError:
            with suppress(OSError):
                os.unlink(name, dir_fd=directory)
            raise


def _lock(directory: int) -> None:
    """Wait a moment for the lock. Others who can read the directory could hold it for ever."""
    for _ in range(_MOST_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_TRY_SECONDS)
    raise OSError(0, "another program has locked the directory")


def usual_draft_file(environ: Mapping[str, str], broker: str) -> DraftFile | None:
    """Return the file in the user's state directory; None if there is no such directory."""
    try:
        directory = base_directory(environ, "XDG_STATE_HOME", ".local/state")
    except ValueError:
        return None
    return DraftFile(directory / "chat-client" / "drafts.json", broker)


def _part(document: dict[str, Any], broker: str, user: str) -> dict[str, Any]:
    """Return the records of a user, which belong to the document."""
    part = document
    for name in (broker, user):
        if not isinstance(part.get(name), dict):
            part[name] = {}
        part = part[name]
    return part


def _encode(document: dict[str, Any]) -> bytes:
    """Return the content of the file, without users and brokers that have no drafts."""
    found: dict[str, Any] = {}
    for broker, users in document.items():
        kept = (
            {user: of for user, of in users.items() if of and isinstance(of, dict)}
            if isinstance(users, dict)
            else {}
        )
        if kept:
            found[broker] = kept
    return json.dumps(found, ensure_ascii=False).encode(errors="replace")


def _shorten(document: dict[str, Any]) -> None:
    """Drop the drafts that were written first, so that there is room for the others."""
    sizes = []
    for broker, users in list(document.items()):
        for user, records in list(users.items()) if isinstance(users, dict) else ():
            for place, record in list(records.items()) if isinstance(records, dict) else ():
                at = record.get("at") if isinstance(record, dict) else None
                size = len(json.dumps(record, ensure_ascii=False).encode(errors="replace"))
                when = at if isinstance(at, int | float) else 0
                sizes.append((when, size + 4 * len(place + user) + _SPARE, broker, user, place))
    sizes.sort(key=lambda one: one[0], reverse=True)
    room = MOST_BYTES
    for _, size, broker, user, place in sizes:
        room -= size
        if room < 0:
            del document[broker][user][place]


def _record(kept: Kept) -> dict[str, Any]:
    found = {**_of(kept.draft), "log": kept.log, "me": kept.me, "other": kept.other, "at": time.time()}
    if kept.draft.before is not None:
        found["before"] = _of(kept.draft.before)
    return {name: value for name, value in found.items() if value}


def _of(draft: Draft) -> dict[str, Any]:
    target = {draft.target.aim.value: draft.target.seq} if draft.target else {}
    return {"text": draft.line.text, "cursor": draft.cursor, "pasted": draft.line.pasted, **target}


def _parse(conversation: str, record: object) -> Kept | None:
    """Return a draft that was kept; None if it is damaged or of a later version."""
    draft = _draft(conversation, record)
    if draft is None or not isinstance(record, dict):
        return None
    before = _draft(conversation, record["before"]) if "before" in record else None
    log, me, other = record.get("log", ""), record.get("me", 0), record.get("other", 0)
    if not (isinstance(log, str) and isinstance(me, int) and isinstance(other, int)):
        return None
    return Kept(Draft(draft.line, draft.cursor, draft.target, before), log, me, other)


def _draft(conversation: str, record: object) -> Draft | None:
    if not isinstance(record, dict):
        return None
    text, cursor = record.get("text", ""), record.get("cursor", 0)
    if not isinstance(text, str) or not isinstance(cursor, int) or len(text) > LINE_LIMIT:
        return None
    if not is_typeable(text):
        return None
    aims = [aim for aim in Aim if aim.value in record]
    seq = record[aims[0].value] if aims else 0
    target = Target(aims[0], conversation, seq) if isinstance(seq, int) and 0 < seq <= MAX_SEQ else None
    return Draft(TypedLine(text, bool(record.get("pasted"))), min(max(cursor, 0), len(text)), target)
