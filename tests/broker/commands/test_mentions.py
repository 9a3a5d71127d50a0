"""Whom messages mention: members, everyone, those online; after edits, deletions and renames; and bots."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from keyring import KEYS
from wired import Chat, Client

from broker.core.delivery import mentioning
from broker.core.entries import Form, Mentioned
from broker.core.moderation import mentioning as calling
from broker.core.moderation.ranks import SMALL_ROOM
from broker.core.rates import RateLimiter
from broker.core.store import Store, StoredMessage
from broker.store.memory import MemoryStore
from broker.store.sqlite import SqliteStore
from messages.admin import Forget
from messages.amendments import Delete, Edit, Pin, Pins
from messages.codec import encode
from messages.errors import ErrorCode
from messages.events import Edited, Message
from messages.identity import Whois
from messages.limits import MAX_MENTIONS
from messages.members import Members
from messages.moderation import Ignore, Role, RoomRules, SetRole
from messages.replies import Accepted
from messages.requests import Confirm, History, Join, Login, Logout, Nick, Search, Send, Who
from messages.version import PROTOCOL

OWN = 1000


@pytest.fixture
def chat() -> Chat:
    return Chat(own_uid=OWN)


@pytest.fixture
def alice(chat: Chat) -> Client:
    return chat.login("alice")


@pytest.fixture
def bob(chat: Chat) -> Client:
    return chat.login("bob")


def say(client: Client, text: str, to: str = "#lobby") -> Accepted:
    reply = client.ask(Send, to, text)
    assert isinstance(reply, Accepted)
    return reply


def marks(entry: Any) -> tuple[tuple[str, ...], bool]:
    return entry.mentions, entry.everyone


def got(client: Client) -> list[tuple[tuple[str, ...], bool]]:
    return [marks(one) for one in client.events(Message, Edited)]


def page(client: Client, conversation: str = "#lobby") -> list[tuple[tuple[str, ...], bool]]:
    entries = client.ask(History, conversation, after=0).messages
    return [marks(one) for one in entries if isinstance(one, Message | Edited)]


def mentioned(chat: Chat, name: str, conversation: str = "#lobby") -> int:
    """Return how many mentions wait for a user, as a login tells it."""
    client = chat.connect()
    found = [at.mentioned for at in client.login(name).conversations if at.conversation == conversation]
    client.ask(Logout)
    return int(found[0])


def crowd(chat: Chat) -> None:
    """Make the lobby larger than a small room."""
    for number in range(SMALL_ROOM):
        chat.login(f"user{number}").ask(Logout)


def test_members_are_mentioned_by_their_present_names(chat: Chat, alice: Client, bob: Client) -> None:
    chat.login("carol")
    bob.events()
    reply = say(alice, "@BOB, @carol, @alice and @nobody: hello")
    assert marks(reply) == (("bob", "carol"), False)
    assert got(bob) == [(("bob", "carol"), False)] == page(bob)


def test_a_message_without_a_mention_says_nothing_of_it(alice: Client, bob: Client) -> None:
    say(alice, "hello bob")
    say(alice, "`@bob`")
    assert b"mention" not in chat_bytes(bob)
    assert b"everyone" not in chat_bytes(bob)


def chat_bytes(client: Client) -> bytes:
    return b"\n".join(encode(one) for one in client.inbox)


def test_only_members_of_the_room_are_mentioned(chat: Chat, alice: Client, bob: Client) -> None:
    alice.ask(Join, "#tea")
    assert marks(say(alice, "@bob", "#tea")) == ((), False)
    bob.ask(Join, "#tea")
    assert marks(say(alice, "@bob", "#tea")) == (("bob",), False)


def test_an_outsider_of_a_private_room_is_not_mentioned_and_learns_nothing(
    alice: Client, bob: Client
) -> None:
    alice.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", private=True)
    bob.events()
    assert marks(say(alice, "@bob @all", "#tea")) == ((), True)
    assert bob.events() == []
    assert bob.refused(History, "#tea", after=0) is bob.refused(History, "#none", after=0)


def test_the_other_of_a_direct_conversation_is_mentioned_from_the_first_message(
    chat: Chat, alice: Client, bob: Client
) -> None:
    chat.login("carol")
    bob.events()
    assert marks(say(alice, "@bob @carol @all", "@bob")) == (("bob",), False)
    assert got(bob) == [(("bob",), False)]
    assert marks(say(bob, "@alice @bob", "@alice")) == (("alice",), False)


def test_ones_own_name_does_not_count_nor_does_a_shorter_one_in_it(chat: Chat) -> None:
    chat.login("田中")
    taro = chat.login("田中太郎")
    assert marks(say(taro, "@田中太郎です")) == ((), False)
    assert marks(say(taro, "@田中です")) == (("田中",), False)


def test_a_message_mentions_a_limited_number_of_users(chat: Chat, alice: Client) -> None:
    for number in range(MAX_MENTIONS + 1):
        chat.login(f"u{number}").ask(Logout)
    reply = say(alice, " ".join(f"@u{number}" for number in range(MAX_MENTIONS + 1)))
    assert len(reply.mentions) == MAX_MENTIONS
    assert len(page(alice)[0][0]) == MAX_MENTIONS
    assert len(alice.ask(Search, "u7").messages[0].mentions) == MAX_MENTIONS


def test_everybody_may_mention_everyone_in_a_small_room(chat: Chat, alice: Client, bob: Client) -> None:
    assert marks(say(alice, "@all: lunch")) == ((), True)
    assert marks(say(alice, "@All @bob")) == (("bob",), True)
    assert got(bob) == [((), True), (("bob",), True)] == page(bob)
    assert marks(say(alice, "`@all`, mail@all and @allow")) == ((), False)


def test_in_a_large_room_only_moderators_mention_everyone(chat: Chat, alice: Client, bob: Client) -> None:
    crowd(chat)
    assert marks(say(bob, "@all @here @alice")) == (("alice",), False)
    chat.connect(uid=OWN, admin=True).ask(SetRole, "bob", Role.MODERATOR, "#lobby")
    assert marks(say(bob, "@all @alice")) == (("alice",), True)


def test_a_user_named_all_is_mentioned_where_the_word_has_no_other_meaning(chat: Chat, alice: Client) -> None:
    named = chat.login("all")
    assert marks(say(alice, "@all")) == ((), True)
    assert marks(say(alice, "@all", "@all")) == (("all",), False)
    assert marks(say(named, "@all")) == ((), True)


def test_here_mentions_those_who_are_online_and_nobody_later(chat: Chat, alice: Client, bob: Client) -> None:
    carol = chat.login("carol")
    carol.ask(Logout)
    bob.events()
    assert marks(say(alice, "@here: who can help?")) == ((), True)
    assert got(bob) == [((), True)]
    assert page(bob) == page(alice) == [((), True)]
    carol = chat.login("carol")
    assert page(carol) == [((), False)]
    carol.ask(Logout)
    bob.ask(Logout)
    assert (mentioned(chat, "bob"), mentioned(chat, "carol")) == (1, 0)


def test_here_with_nobody_else_online_mentions_nobody(alice: Client) -> None:
    assert marks(say(alice, "@here")) == ((), False)


def test_here_in_a_very_large_room_is_all(chat: Chat, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "MOST_HERE", 1)
    chat.users("bob", "carol")
    chat.login("dave").ask(Logout)
    assert marks(say(alice, "@here")) == ((), True)
    assert page(chat.login("dave")) == [((), True)]


def test_a_message_sent_again_gets_the_same_mentions(alice: Client, bob: Client) -> None:
    first = alice.ask(Send, "#lobby", "@bob", id="same")
    assert alice.ask(Send, "#lobby", "@bob", id="same") == first
    assert marks(first) == (("bob",), False)


def test_several_messages_in_a_batch_have_their_own_mentions(chat: Chat, alice: Client, bob: Client) -> None:
    alice.put_all(*(Send(f"s{n}", "#lobby", text) for n, text in enumerate(["a", "@bob", "@all", "b"])))
    chat.flush()
    assert got(bob) == [((), False), (("bob",), False), ((), True), ((), False)]
    assert marks(alice.reply("s1")) == (("bob",), False)


def test_an_edit_adds_no_mention_and_takes_away_what_its_text_lacks(
    chat: Chat, alice: Client, bob: Client
) -> None:
    chat.login("carol")
    seq = say(alice, "@bob @all hello").seq
    bob.events()
    reply = alice.ask(Edit, "#lobby", seq, "@bob @carol hello", id="e1")
    assert marks(reply) == (("bob",), False)
    assert alice.ask(Edit, "#lobby", seq, "@bob @carol hello", id="e1") == reply
    assert got(bob) == [(("bob",), False)]
    assert page(bob) == [(("bob",), False)] * 2
    assert marks(alice.ask(Edit, "#lobby", seq, "hello")) == ((), False)
    assert marks(alice.ask(Edit, "#lobby", seq, "@bob @all hello")) == ((), False)
    assert page(bob)[0] == ((), False)
    bob.ask(Logout)
    assert mentioned(chat, "bob") == 0


def test_an_edit_that_names_one_of_two_takes_the_other_away(chat: Chat, alice: Client, bob: Client) -> None:
    chat.login("carol").ask(Logout)
    seq = say(alice, "@bob @carol look").seq
    assert marks(alice.ask(Edit, "#lobby", seq, "@carol look")) == (("carol",), False)
    assert page(bob)[0] == (("carol",), False)
    assert mentioned(chat, "carol") == 1
    assert mentioned_after_logout(chat, bob, "bob") == 0


def test_an_edit_keeps_a_mention_of_a_renamed_user_under_either_name(
    chat: Chat, alice: Client, bob: Client
) -> None:
    seq = say(alice, "@bob look").seq
    bob.ask(Nick, "rob")
    assert marks(alice.ask(Edit, "#lobby", seq, "@bob, look")) == (("bob",), False)
    assert marks(alice.ask(Edit, "#lobby", seq, "@rob, look")) == (("bob",), False)
    assert mentioned_after_logout(chat, bob, "rob") == 1


def mentioned_after_logout(chat: Chat, client: Client, name: str) -> int:
    client.ask(Logout)
    return mentioned(chat, name)


def test_who_takes_the_name_of_a_mentioned_user_is_not_mentioned(
    chat: Chat, alice: Client, bob: Client
) -> None:
    say(alice, "@bob look")
    bob.ask(Nick, "rob")
    chat.login("bob").ask(Logout)
    assert mentioned(chat, "bob") == 0
    assert mentioned_after_logout(chat, bob, "rob") == 1


def test_an_edit_of_here_keeps_it_for_those_who_were_online(chat: Chat, alice: Client, bob: Client) -> None:
    chat.login("carol").ask(Logout)
    seq = say(alice, "@here helo").seq
    assert marks(alice.ask(Edit, "#lobby", seq, "@here hello")) == ((), True)
    assert page(bob)[0] == ((), True)
    assert page(chat.login("carol"))[0] == ((), False)


def test_a_deleted_message_mentions_nobody(chat: Chat, alice: Client, bob: Client) -> None:
    seq = say(alice, "@bob @all").seq
    alice.ask(Delete, "#lobby", seq)
    assert page(bob)[0] == ((), False)
    assert mentioned_after_logout(chat, bob, "bob") == 0


def test_unread_mentions_are_counted_until_they_are_read(chat: Chat, alice: Client, bob: Client) -> None:
    for text in ("hello", "@bob one", "@all two", "@carol", "@bob three"):
        say(alice, text)
    say(bob, "@all my own")
    bob.ask(Confirm, "#lobby", 6, read=2)
    assert mentioned_after_logout(chat, bob, "bob") == 2


def test_mentions_of_this_batch_count_too(chat: Chat, alice: Client, bob: Client) -> None:
    seq = say(alice, "@bob one").seq
    bob.ask(Logout)
    alice.put(Send, "#lobby", "@bob two")
    alice.put(Delete, "#lobby", seq)
    again = chat.connect()
    asked = again.put(Login, PROTOCOL, "bob")
    chat.flush()
    assert [(at.unread, at.mentioned) for at in again.reply(asked).conversations] == [(1, 1)]


def test_mentions_by_ignored_users_do_not_count(chat: Chat, alice: Client, bob: Client) -> None:
    bob.ask(Ignore, "alice")
    say(alice, "@bob")
    assert mentioned_after_logout(chat, bob, "bob") == 0


def test_a_failed_commit_undoes_the_mentions(chat: Chat, alice: Client, bob: Client) -> None:
    chat.store.broken = True  # type: ignore[attr-defined]
    alice.put(Send, "#lobby", "@bob")
    chat.flush()
    assert chat.core.state.lobby.mentioning == 0


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_a_restart_gives_the_same_numbers(kind: str, tmp_path: Path) -> None:
    store: Store = MemoryStore("epoch") if kind == "memory" else SqliteStore(tmp_path, "epoch")
    chat = Chat(store)
    alice, bob = chat.users("alice", "bob")
    for text in ("@bob", "@here", "@all", "hello", "@bob gone"):
        say(alice, text)
    alice.ask(Delete, "#lobby", 5)
    bob.ask(Confirm, "#lobby", 6, read=1)
    bob.ask(Logout)
    assert mentioned(chat, "bob") == 2
    if kind == "disk":
        store.close()
        store = SqliteStore(tmp_path, "epoch")
    with closing(store):
        assert mentioned(Chat(store), "bob") == 2


def test_hits_and_pins_have_their_mentions(alice: Client, bob: Client) -> None:
    seq = say(alice, "@bob findable").seq
    alice.ask(Pin, "#lobby", seq)
    assert marks(bob.ask(Search, "findable").messages[0]) == (("bob",), False)
    assert marks(bob.ask(Pins, "#lobby").messages[0]) == (("bob",), False)


def test_a_removed_user_mentions_nobody(chat: Chat, alice: Client, bob: Client) -> None:
    say(alice, "@bob")
    assert chat.connect(uid=OWN, admin=True).ask(Forget, "alice", messages=True).messages == 1
    assert page(bob)[0] == ((), False)
    assert mentioned_after_logout(chat, bob, "bob") == 0


def login_bot(chat: Chat, name: str, **fields: Any) -> Client:
    client = chat.connect()
    assert client.ask(Login, PROTOCOL, name, amendments=True, bot=True, **fields).name == name
    return client


def test_a_bot_is_shown_as_one_in_lists_and_on_its_messages(chat: Chat, alice: Client) -> None:
    robot = login_bot(chat, "robot")
    alice.events()
    say(robot, "beep")
    say(alice, "hello")
    (live,) = alice.events(Message)
    assert live.bot
    assert [one.bot for one in alice.ask(History, "#lobby", after=0).messages] == [True, False]
    assert {one.name: one.bot for one in alice.ask(Who).users} == {"alice": False, "robot": True}
    assert {one.name: one.bot for one in alice.ask(Members, "#lobby").members} == {
        "alice": False,
        "robot": True,
    }
    assert alice.ask(Whois, "robot").bot
    assert not alice.ask(Whois, "alice").bot


def test_a_bot_mentions_users_but_never_everyone(chat: Chat, alice: Client) -> None:
    robot = login_bot(chat, "robot")
    assert marks(say(robot, "@all @here @alice")) == (("alice",), False)


def test_a_person_who_is_there_too_is_no_bot(chat: Chat, alice: Client) -> None:
    robot = chat.connect(identity=KEYS[0])
    robot.ask(Login, PROTOCOL, "robot", bot=True)
    person = chat.connect(identity=KEYS[0])
    person.ask(Login, PROTOCOL, "robot")
    assert not alice.ask(Whois, "robot").bot
    say(robot, "beep")
    say(person, "hi")
    assert [one.bot for one in alice.events(Message)] == [True, False]
    person.ask(Logout)
    assert alice.ask(Whois, "robot").bot
    robot.ask(Logout)
    assert not alice.ask(Whois, "robot").bot


def test_a_resumed_session_is_what_its_last_login_says(chat: Chat, alice: Client) -> None:
    login_bot(chat, "robot")
    (token,) = chat.core.state.users["robot"].sessions
    chat.connect().ask(Login, PROTOCOL, "robot", token)
    assert not alice.ask(Whois, "robot").bot


def test_the_mark_of_a_bot_outlasts_a_deletion_of_its_message(chat: Chat, alice: Client) -> None:
    robot = login_bot(chat, "robot")
    robot.ask(Delete, "#lobby", say(robot, "beep").seq)
    (message, _) = alice.ask(History, "#lobby", after=0).messages
    assert (message.deleted, message.bot) == (True, True)
    assert alice.refused(Edit, "#lobby", 1, "x") is ErrorCode.NOT_YOURS


def test_a_login_with_very_many_unread_mentions_costs_tokens(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    charged: list[float] = []
    monkeypatch.setattr(RateLimiter, "charge", lambda *values: charged.append(values[2]))
    _, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    form = Form(mentions=Mentioned(((2, "bob"),)))
    said = [StoredMessage("#lobby", n, f"i{n}", 1, "alice", "@bob", 1, form=form) for n in range(1, 1_001)]
    chat.store.commit(said)
    lobby = chat.core.state.lobby
    lobby.head = lobby.mentioning = 1_000
    assert not charged
    assert mentioned(chat, "bob") == 1_000
    assert 1_000 / mentioning.MENTIONING_PER_TOKEN in charged
