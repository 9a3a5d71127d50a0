from pathlib import Path

import pytest
from shell_verbs import entry

from broker.core.facts.kinds import PasswordHash
from broker.core.facts.moderation import AuditRecord, Banned, Muted, Rank, RoomSettings
from broker.core.facts.notices import ChosenQuietHours
from broker.core.store import StoredMember, StoredMessage, StoredRoom, StoredUser
from broker.store.sqlite import SqliteStore
from messages.notices import Day, QuietSpan

AT = 1_790_000_000_000
"""When everything was stored (Unix ms): 2026-09-21 14:13 UTC."""

BOB = "\u0431\u043e\u0431"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The default data directory."""
    return tmp_path / "data" / "chat-broker"


@pytest.fixture
def stored(data: Path) -> Path:
    """A data directory with two users, and no broker."""
    store = SqliteStore(data, "epoch")
    users = [StoredUser(1, "alice", "lunch", AT), StoredUser(2, BOB, None, 0, discreet=True)]
    rooms = [StoredRoom("#lobby", "#lobby", "All"), StoredRoom("#tea", "#Tea", "hot\u202e")]
    places = [("#lobby", 1), ("#lobby", 2), ("#tea", 1), ("@1|@2", 1), ("@1|@2", 2)]
    store.commit([*users, *rooms, *(StoredMember(place, user, 0) for place, user in places)])
    store.commit(
        [
            StoredMessage("#lobby", 1, "m1", 1, "ally", "in public", AT),
            StoredMessage("#lobby", 2, "m2", 2, BOB, "not hers", AT + 1),
            StoredMessage("@1|@2", 1, "m3", 1, "alice", "in private", AT + 2, BOB),
        ]
    )
    facts = [
        Rank(1, "operator", "#tea"),
        RoomSettings("#tea", private=True),
        PasswordHash(1, "$argon2id$secret"),
        Muted("x", AT, 0, "noise", 1, "#lobby"),
        Banned("x", AT, 0, "spam", "user", "2", BOB),
        Banned("x", AT, 0, "rude", "name", "alice", "alice", "#tea"),
        ChosenQuietHours(1, "UTC", (QuietSpan([Day.SUN], "22:00", "07:00"),)),
        AuditRecord(1, AT, "x", "mute", "alice", "#lobby", 0, "noise"),
        AuditRecord(2, AT, "x", "ban", BOB, "", 0, "spam"),
    ]
    store.commit([entry(fact) for fact in facts])
    store.close()
    return data
