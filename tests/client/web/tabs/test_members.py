"""The list of members that a tab follows, in a crowd."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from client.core.events import Replied
from client.core.person.queries import MembersQuery
from client.views.members import Members
from client.web.person import Person
from client.web.protocol.tells import Done, MembersList
from client.web.tabs.members import MEMBERS_SECONDS, Following
from messages.members import MemberEntry, MemberList
from messages.moderation import Role


class Asked(list[MembersQuery]):
    """A session that only notes what it is asked."""

    conversations = ("#lobby", "#tea")
    online = 0

    def ask(self, kind: type[MembersQuery], **fields: Any) -> None:
        self.append(kind("r", **fields))


def test_a_tab_says_that_it_looks_at_a_list_and_shows_how_many_are_online() -> None:
    session, members = Asked(), Members()
    stub = SimpleNamespace(ready=True, session=session, members=members, name="alice", wake=lambda: None)
    told: list[MembersList | Done] = []
    following = Following(cast("Person", stub), told.append)
    alice = MemberEntry("alice", 1, Role.MEMBER, online=True)
    for room in ("#lobby", "#tea"):
        following.follow(room, "")
        following.tell(0.0)
        assert session.pop() == MembersQuery("r", room, watch=True)
        members.take(Replied(MembersQuery("r", room), MemberList("r", room, [alice])))
        session.online = 8_011
        following.tell(MEMBERS_SECONDS)
        assert told.pop() == MembersList(room, (alice,), online=8_011 if room == "#lobby" else 0)
        if room == "#lobby":
            session.online = 8_012
            following.tell(2 * MEMBERS_SECONDS)
            assert told.pop() == MembersList(room, (alice,), online=8_012)
