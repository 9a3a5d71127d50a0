"""Which drafts are kept for the next start, and when that has to be written."""

from __future__ import annotations

from dataclasses import replace

from client.commands.registry import Run, Unknown
from client.commands.table import COMMANDS
from client.core.session import Session
from client.screen.composer.meaning import STALE, Draft
from client.screen.model.draft_file import DraftFile
from client.screen.model.drafts import Drafts, Kept
from client.shorthand.lines import command_of
from messages.names import canonical_key


class DraftKeeper:
    """Writes the drafts of one user that have changed. `trouble` says why they are not kept, once."""

    def __init__(self, file: DraftFile) -> None:
        self._file = file
        self._user = ""
        self._me = 0
        self._written: dict[str, Kept] = {}

    @property
    def trouble(self) -> str:
        """Why drafts are not kept; empty if they are."""
        return self._file.trouble

    def load(self, name: str) -> dict[str, Kept]:
        """Return the drafts of the user with a name, who is the present one from now on."""
        self._user, self._me = canonical_key(name), 0
        self._written = self._file.load(self._user)
        return dict(self._written)

    def is_other(self, session: Session) -> bool:
        """Whether the session has another user than the present one, by number if the broker gives one."""
        welcome = session.welcome
        me = welcome.user_id if welcome else 0
        if self._user and self._me in (0, me):
            self._me = me
            return False
        return True

    def keep(self, session: Session, drafts: Drafts, place: str, present: Draft) -> None:
        """Write what has changed. `present` is what stands in the composer, for the conversation `place`."""
        if not self._user:
            return
        texts = {**drafts.all, place: present} if present.line.text or present.target else drafts.all
        now = {at: self._kept(session, drafts, at, one) for at, one in texts.items()}
        found = {at: kept for at, kept in now.items() if kept is not None}
        user = canonical_key(session.name)
        if user != self._user and self._me and session.welcome and session.welcome.user_id == self._me:
            self._file.save(self._user, dict.fromkeys(self._written))
            self._user, self._written = user, {}
        gone = [at for at in self._written if at not in found]
        changed = {at: kept for at, kept in found.items() if self._written.get(at) != kept}
        if gone or changed:
            self._file.save(self._user, {**dict.fromkeys(gone), **changed})
            self._written = found

    def _kept(self, session: Session, drafts: Drafts, conversation: str, draft: Draft) -> Kept | None:
        """Return a draft as it is kept; None if it is empty, or could have a password in it."""
        if not (draft.line.text.strip() or draft.target) or _is_secret(draft):
            return None
        if draft.before is not None and _is_secret(draft.before):
            draft = replace(draft, before=None)
        known = drafts.uncertain.get(conversation)
        if known is not None and known.draft == draft:
            return known
        welcome = session.welcome
        if welcome is None or draft.line.mark == STALE:
            return Kept(draft)
        other = session.user_id_of(conversation[1:]) if conversation.startswith("@") else 0
        return Kept(draft, welcome.epoch, self._me, other)


def is_command(text: str) -> bool:
    """Whether a typed text is a command, also a short or an unknown one."""
    if text.startswith("/"):
        return not text.startswith("//")
    return text.lower().startswith("cmd!") or command_of(text) is not None


def _is_secret(draft: Draft) -> bool:
    """Whether a text is a command with a secret. A mistyped command can be one, too."""
    meant = COMMANDS.interpret(draft.line.text.lstrip(), pasted=draft.line.pasted)
    return isinstance(meant, Unknown) or (isinstance(meant, Run) and meant.command.secret)
