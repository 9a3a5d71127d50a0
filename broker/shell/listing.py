"""The verbs that list: users, rooms, who is online, bans, and invites."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from broker.core.access.granted_roles import granted, has_role
from broker.core.access.invites import MOST_USES, beginning
from broker.core.facts.kinds import ROLES, BoundKey, GrantedRole, InviteUse
from broker.core.facts.moderation import Banned, Rank, RoomSettings
from broker.core.memory.model import Room, User
from broker.core.memory.state import State
from broker.directory import invite_list
from broker.shell.output import shown_time, write_json, write_line, write_table
from broker.shell.shell import Shell
from messages.admin import Online, OnlineList
from messages.keys import fingerprint
from messages.moderation import Role

GRANT = ("guests", "per_address", "accounts")
"""What a gateway can be granted."""

NO_GRANT = GrantedRole(0, "", 0)


def users(shell: Shell) -> None:
    """List all users by name."""
    state = shell.state()
    found = [describe(state, user) for user in sorted(state.users.values(), key=lambda user: user.key)]
    if shell.as_json:
        write_json(found)
    elif found:
        rows = [
            (one["name"], shown_time(one["seen"]), len(one["keys"]), roles_of(one), len(one["rooms"]))
            for one in found
        ]
        write_table(("name", "last seen", "keys", "roles", "rooms"), rows)
    else:
        write_line("the broker knows no users")


def describe(state: State, user: User) -> dict[str, Any]:
    """Return what is stored about a user, without messages and moderation, as JSON."""
    bound, grant = state.facts.of(BoundKey), granted(state, user, "gateway")
    return {
        "id": user.id,
        "name": user.name,
        "seen": user.seen,
        "away": user.away,
        "keys": [
            {"fingerprint": fingerprint(key), "since": bound[key].since, "seen": bound[key].seen}
            for key in user.keys
        ],
        "roles": [role for role in ROLES if has_role(state, user, role)],
        "gateway": grant_of(grant) if grant else None,
        "rooms": sorted(c.name for c in user.conversations.values() if isinstance(c, Room)),
        "banned": any(
            (ban.what, ban.value) in (("user", str(user.id)), ("name", user.key))
            and not ban.room
            and ban.holds(_now())
            for ban in state.facts.of(Banned).values()
        ),
    }


def rooms(shell: Shell) -> None:
    """List all rooms, the lobby first."""
    state = shell.state()
    found = [_room(state, room) for room in state.rooms()]
    if shell.as_json:
        write_json(found)
        return
    rows = [
        (r["room"], r["members"], r["messages"], _listed(r["rules"]), _listed(r["operators"]), r["topic"])
        for r in found
    ]
    write_table(("room", "members", "messages", "rules", "operators", "topic"), rows)


def _room(state: State, room: Room) -> dict[str, Any]:
    rules = state.facts.get(RoomSettings, room.id) or RoomSettings(room.id)
    ranks = [rank for rank in state.facts.of(Rank).values() if rank.room == room.id]
    operators = [state.users_by_id[rank.user].name for rank in ranks if rank.role == Role.OPERATOR]
    return {
        "room": room.name,
        "topic": room.topic,
        "members": len(room.members),
        "messages": room.head - room.first + 1,
        "rules": ["private"] * rules.private + ["topic locked"] * rules.topic_locked,
        "operators": sorted(operators),
    }


def online(shell: Shell) -> None:
    """List the connected sessions by name."""
    found: list[dict[str, Any]] = []
    after: int | None = 0
    with shell.channel() as channel:
        while after is not None:
            page = channel.ask(Online, after)
            assert isinstance(page, OnlineList)  # noqa: S101 - the channel has no other reply to this
            found += [
                {field: getattr(one, field) for field in one.__struct_fields__} for one in page.sessions
            ]
            after = page.next
    found.sort(key=lambda one: one["name"].casefold())
    if shell.as_json:
        write_json(found)
    elif found:
        rows = [
            (one["name"], one["address"], shown_time(one["since"]), f"{one['idle']:,} s", one["away"] or "-")
            for one in found
        ]
        write_table(("name", "address", "since", "idle", "away"), rows)
    else:
        write_line("nobody is online")


def bans(shell: Shell) -> None:
    """List the bans that hold, those from the chat and those from rooms, the oldest first."""
    state = shell.state()
    holding = [ban for ban in state.facts.of(Banned).values() if ban.holds(_now())]
    found = [_ban(state, ban) for ban in sorted(holding, key=lambda ban: (ban.at, ban.room, ban.shown))]
    if shell.as_json:
        write_json(found)
    elif found:
        rows = [
            (
                one["target"],
                one["room"] or "the chat",
                shown_time(one["until"]) if one["until"] else "for ever",
                one["by"],
                shown_time(one["at"]),
                one["reason"] or "-",
            )
            for one in found
        ]
        write_table(("banned", "from", "until", "by", "since", "reason"), rows)
    else:
        write_line("nobody is banned")


def _ban(state: State, ban: Banned) -> dict[str, Any]:
    user = state.users_by_id.get(int(ban.value)) if ban.what == "user" else None
    room = state.conversations.get(ban.room)
    return {
        "target": user.name if user else ban.shown,
        "what": ban.what,
        "room": room.name if isinstance(room, Room) else ban.room or None,
        "until": ban.until,
        "by": ban.by,
        "at": ban.at,
        "reason": ban.reason,
    }


def invites(shell: Shell) -> None:
    """List the invites that have not expired, the oldest first."""
    found = list(_invites(shell))
    if shell.as_json:
        write_json(found)
    elif found:
        rows = [
            (
                one["invite"],
                one["state"],
                f"{one['used']} of {one['uses'] or '?'}",
                shown_time(one["expires"]),
                role_text(one["role"], **{what: one[what] for what in GRANT}) or "-",
                shown_time(one["made"]) if one["made"] else "-",
                "-" if one["by"] is None else f"uid {one['by']}",
            )
            for one in found
        ]
        write_table(("invite", "state", "used", "expires", "role", "made", "by"), rows)
    else:
        write_line("there are no invites, or all have expired")


def _invites(shell: Shell) -> Iterator[Mapping[str, Any]]:
    """Yield the listed invites, then those that were used and are not listed."""
    uses: dict[str, InviteUse] = dict(shell.state().facts.of(InviteUse))
    listed = invite_list.issued(shell.directory)
    for one in listed:
        use = uses.pop(one.nonce, None)
        if one.expires > _now():
            yield _invite(one.nonce, one.expires, use, one)
    for nonce, use in uses.items():
        if use.expires > _now():
            yield _invite(nonce, use.expires, use)


def _invite(
    nonce: str,
    expires: int,
    use: InviteUse | None,
    listed: invite_list.Issued | None = None,
) -> Mapping[str, Any]:
    used, uses = use.used if use else 0, listed.uses if listed else None
    revoked = used == MOST_USES
    state = "revoked" if revoked else "used up" if uses is not None and used >= uses else "valid"
    return {
        "invite": beginning(nonce),
        "state": state,
        "used": 0 if revoked else used,
        "uses": uses,
        "expires": expires,
        "role": listed.role if listed else "",
        **grant_of(listed or NO_GRANT),
        "made": listed.made if listed else None,
        "by": listed.by if listed else None,
    }


def roles_of(described: Mapping[str, Any]) -> str:
    """Return the roles of a user who was described, as text."""
    grant = described["gateway"] or {}
    return _listed([role_text(role, **grant if role == "gateway" else {}) for role in described["roles"]])


def grant_of(one: GrantedRole | invite_list.Issued) -> dict[str, Any]:
    """Return what a gateway is granted, as JSON."""
    return {what: getattr(one, what) for what in GRANT}


def role_text(role: str, guests: bool = False, per_address: int = 0, accounts: bool = False) -> str:
    """Return a role with what a gateway is granted, such as `gateway (guests, 100 an address)`."""
    grant = (
        ["guests"] * guests + ["accounts"] * accounts + [f"{per_address:,} an address"] * (per_address > 0)
    )
    return f"{role} ({', '.join(grant)})" if grant else role


def _listed(words: list[str]) -> str:
    return ", ".join(words) or "-"


def _now() -> int:
    return time.time_ns() // 1_000_000
