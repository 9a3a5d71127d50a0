"""Which key and which issued invites a broker has after a backup was restored, and whose the files are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from broker.core.access.invites import LIST_FILE
from broker.directory import invite_list
from broker.security.keys import (
    KEY_FILE,
    KeyFileError,
    KeyPair,
    find,
    fingerprint,
    make_with,
    read_pair,
    text_of,
)


def held_key(directory: Path, given: Path | None) -> KeyPair | None:
    """Return the broker's key, or None if there is none. Raise ValueError if it cannot be used."""
    try:
        return find(_place(directory, given))
    except KeyFileError as error:
        raise ValueError(str(error)) from None


def _place(directory: Path, given: Path | None) -> Path:
    """Return where the key is: as the verb or the broker's own options say, or in the data directory."""
    return given or click.get_current_context().find_root().params["key"] or directory / KEY_FILE


def owner_of(directory: Path) -> str:
    """Return the name of the user to whom a directory belongs, or their number if they have no name."""
    try:
        return directory.owner()
    except KeyError:
        return f"user {directory.stat().st_uid}"


class FileChoice:
    """Chooses between the present key and list of invites of a data directory and those in a backup."""

    def __init__(self, directory: Path, given: Path | None, *, keep: bool) -> None:
        """If `keep` is true, the present key stays. So does one that is not in the data directory."""
        self._directory = directory
        self._place = _place(directory, given)
        self._elsewhere = self._place != directory / KEY_FILE
        self._keep = keep or self._elsewhere
        self._replaced = self._differs = False
        self.outcome = ""
        """A clause about the key, after `choose`."""

    def choose(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the texts that files in the data directory get, out of those in the backup, by name."""
        chosen = {KEY_FILE: self._key(texts.get(KEY_FILE)), LIST_FILE: self._invites(texts)}
        return {name: text for name, text in chosen.items() if text is not None}

    def _invites(self, texts: Mapping[str, str]) -> str | None:
        """Return the list of the invites that were issued with the key that the broker has from now on."""
        saved = invite_list.read_text(texts.get(LIST_FILE, ""))
        present = invite_list.issued(self._directory)
        if self._replaced:
            return invite_list.text_of(saved) if saved or present else None
        return None if self._differs or not saved else invite_list.text_of([*saved, *present])

    def _key(self, text: str | None) -> str | None:
        held = self._present(text)
        if text is None:
            self.outcome = _kept(held) if held else "the backup has no key"
            return None
        try:
            keys = read_pair(text)
        except ValueError as error:
            raise ValueError(f"the broker's key in the backup is damaged: {error}; use another one") from None
        if held is not None and (self._keep or held == keys):
            self.outcome, self._differs = _kept(held), held != keys
            return None
        self._replaced = True
        self.outcome = f"the broker's key {fingerprint(keys.public)} is the backup's"
        if self._elsewhere:
            make_with(self._place, text_of(keys))
            return None
        return text_of(keys)

    def _present(self, text: str | None) -> KeyPair | None:
        try:
            return find(self._place)
        except KeyFileError as error:
            if text is None or self._keep:
                raise ValueError(str(error)) from None
            return None  # the backup's key replaces the one that cannot be used


def _kept(keys: KeyPair) -> str:
    return f"the broker's key {fingerprint(keys.public)} was kept"
