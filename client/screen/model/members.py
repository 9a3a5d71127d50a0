"""The list of a room's members, as rows."""

from __future__ import annotations

from msgspec.structs import replace

from client.screen.log.wrap import wrapped
from client.screen.tones import BOLD, DIM, PLAIN, Meaning, Row, name_tone
from client.text.entries import name_mark
from client.views.members import Members
from messages.members import MemberEntry
from messages.moderation import Role
from messages.names import LOBBY
from messages.rows import prefix, width
from messages.text import neutralise, reveal

_SIGNS = {Role.OPERATOR: "*", Role.MODERATOR: "+", Role.MEMBER: " "}


class MemberRows(Members):
    """The members of rooms, and the rows that show them."""

    def rows(self, conversation: str, columns: int, height: int, online: int = 0) -> list[Row]:
        """Return the rows of the list of a room, or what is known of the user of a direct conversation.

        `online` is how many users are online if the chat is a crowd.
        """
        if conversation.startswith("@"):
            shown = self._about(conversation[1:], columns - 2)[:height]
        else:
            shown = self._listed(conversation, columns, height, online if conversation == LOBBY else 0)
        return [[("│", DIM), *row] for row in [*shown, *[[] for _ in range(height - len(shown))]]]

    def _about(self, user: str, columns: int) -> list[Row]:
        entry = self.find(LOBBY, user)
        if entry is None:
            return []
        name = _row(replace(entry, role=Role.MEMBER), columns)
        text = neutralise(entry.away or "") if entry.online else "not here"
        return [name, *[[(" ", PLAIN), *row] for row in wrapped([(text, DIM)], columns)]]

    def _listed(self, room: str, columns: int, height: int, online: int) -> list[Row]:
        ordered = self.of(room)
        here = max(online, sum(entry.online for entry in ordered))
        count = f"{len(ordered):,}{'+' * self.has_more(room)}"
        title = f"{here:,} of {count} here" if here <= len(ordered) else f"{here:,} online"
        shown: list[Row] = [[(title, BOLD)]] if ordered else []
        room_left = max(height - len(shown), 0)
        cut = len(ordered) > room_left
        fitting = ordered[: max(room_left - 1, 0) if cut else room_left]
        shown += [_row(entry, columns - 2) for entry in fitting]
        if cut and room_left:
            shown.append([(f" … {len(ordered) - len(fitting):,} more", DIM)])
        return shown[:height]


def _row(member: MemberEntry, columns: int) -> Row:
    name = reveal(member.name)
    away = " (away)" if member.away is not None and member.online else ""
    marks = name_mark(member) + away
    room = max(columns - len(marks), 1)
    name = name if width(name) <= room else f"{prefix(name, room - 1)}…"
    tone = name_tone(member.name, Meaning.MEMBER) if member.online and not away else DIM
    return [(_SIGNS[member.role], PLAIN), (name, tone), (marks, DIM)]
