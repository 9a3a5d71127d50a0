"""What the admin channel takes, and what it does. Nobody is told that an operator is there."""

from __future__ import annotations

from typing import Any

import pytest
from keyring import KEYS
from wired import Chat, Client, FragileStore

from broker.commands import ADMIN_COMMANDS, COMMANDS
from broker.commands.admin import REMOVED_AT_ONCE, REMOVED_TEXT
from broker.core.access.invites import invite_secret, make_invite
from broker.core.facts.kinds import BoundKey, InviteUse, PasswordHash, ReleasedName
from broker.core.facts.moderation import AuditRecord, Banned
from broker.core.facts.unchanged import UnchangedRequests
from broker.core.settings import CannotReloadError, Caps, ReloadedOptions
from broker.core.store import REMOVED_SENDER
from messages.admin import (
    AddUser,
    AdminRequest,
    BrokerStatus,
    Forget,
    Forgotten,
    Online,
    OnlineList,
    Reload,
    Reloaded,
    Said,
    Say,
    SessionEntry,
    Status,
)
from messages.amendments import Delete, Edit, React
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, Reaction, System, SystemKind
from messages.identity import SetPassword, Uninvite
from messages.moderation import Audit, Ban, Role, SetRole, Unban
from messages.replies import Done, Durability, Error
from messages.requests import Away, History, Join, Login, Nick, Ping, Request, Search, Send

ALICE, BOB, NEW = KEYS[:3]
OWN, ROOT = 1000, 0
SECRET = invite_secret(b"the broker's own")


@pytest.fixture
def chat() -> Chat:
    return Chat(FragileStore("epoch"), own_uid=OWN, invite_secret=SECRET, log_place="/var/log/chat")


def admin(chat: Chat, uid: int = ROOT) -> Client:
    return chat.connect(uid=uid, admin=True)


def audited(chat: Chat) -> list[tuple[str, str, str, str, str]]:
    log = chat.core.state.facts.of(AuditRecord)
    return [(one.by, one.action, one.target, one.room, one.reason) for _, one in sorted(log.items())]


class TestTheChannel:
    def test_it_takes_its_own_requests_and_those_of_operators_about_others(self) -> None:
        kinds = set(AdminRequest.__args__)
        assert kinds >= ADMIN_COMMANDS.keys()
        for kind in kinds:
            command = ADMIN_COMMANDS.get(kind) or COMMANDS[kind]
            assert command.role is not None, kind

    @pytest.mark.parametrize("uid", [OWN, ROOT])
    def test_nobody_is_told_and_no_user_is_made(self, chat: Chat, uid: int) -> None:
        (alice,) = chat.users("alice")
        assert isinstance(admin(chat, uid).ask(Status), BrokerStatus)
        for _ in range(2):
            chat.forward(30)
            alice.ask(Ping)
        assert alice.events() == []
        assert len(chat.core.peers) == 1  # the channel's connection is forgotten
        assert list(chat.core.state.users) == ["alice"]
        assert len(chat.core.state.sessions) == 1

    def test_another_user_of_the_machine_is_refused(self, chat: Chat) -> None:
        stranger = admin(chat, 1001)
        for request in (Status, Online):
            assert stranger.refused(request) is ErrorCode.NOT_LOGGED_IN
        assert stranger.refused(Ban, "alice") is ErrorCode.NOT_LOGGED_IN

    @pytest.mark.parametrize("kind", [Ping, Join, Login, Send, Audit])
    def test_it_takes_no_other_requests(self, chat: Chat, kind: type[Request]) -> None:
        fields: dict[Any, tuple[Any, ...]] = {Join: ("#tea",), Login: (1, "root"), Send: ("#lobby", "hi")}
        assert admin(chat).refused(kind, *fields.get(kind, ())) is ErrorCode.INVALID

    @pytest.mark.parametrize(
        "request_", [(Status,), (Online,), (Say, "hi"), (Forget, "bob"), (AddUser, "bob", "12345678")]
    )
    def test_no_other_connection_can_ask_for_it(self, chat: Chat, request_: tuple[Any, ...]) -> None:
        own = chat.connect(uid=OWN)
        own.login("root")
        kind, *values = request_
        assert own.refused(kind, *values) is ErrorCode.UNKNOWN_TYPE
        chat.core.handle(own.peer, kind("decoded", *values))
        chat.flush()
        assert own.reply("decoded").code is ErrorCode.NOT_PERMITTED

    def test_it_has_no_rate_limit_and_does_not_wait_for_newcomers(self) -> None:
        chat = Chat(own_uid=OWN, caps=Caps(rate=1, burst=64, local=True))
        shell = admin(chat)
        for _ in range(200):
            assert chat.intake.take(shell.peer, b'{"type":"online","id":"1"}') == 1

    def test_a_wrong_request_is_refused_with_the_reason(self, chat: Chat) -> None:
        shell = admin(chat)
        shell.put_frame(b'{"type":"say","id":"1","text":" "}')
        shell.put_frame(b'{"type":"status","id":"2"\n{}')
        chat.flush()
        first, *others = (document for document in shell.inbox if isinstance(document, Error))
        assert (first.re, first.text) == ("1", "`text`: write something to say")
        assert [error.code for error in others] == [ErrorCode.INVALID] * 2


class TestStatus:
    def test_it_counts_what_there_is_without_the_channel_itself(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        alice.ask(Join, "#tea")
        chat.core.lose([bob.peer], "connection lost")
        chat.forward(3)
        found = admin(chat).ask(Status, id="s")
        assert found == BrokerStatus(
            "s",
            found.version,
            chat.now.at - 3_000,
            connections=1,
            online=1,
            users=2,
            rooms=2,
            lagging=0,
            durability=Durability.MEMORY,
            unindexed=0,
            file_bytes=0,
            files_total=0,
            log="/var/log/chat",
        )


class TestOnline:
    def test_it_lists_each_session_with_its_address(self, chat: Chat) -> None:
        alice, _ = chat.users("alice", "bob")
        phone = chat.connect("10.0.0.2")
        chat.core.lose([alice.peer], "connection lost")
        chat.flush()
        phone.login("alice")
        phone.ask(Away, "lunch")
        phone.ask(Send, "#lobby", "hello")
        chat.forward(5)
        at = chat.now.at - 5_000
        assert admin(chat).ask(Online, id="o") == OnlineList(
            "o",
            [
                SessionEntry("alice", "10.0.0.2", at, 5, 1, "lunch"),
                SessionEntry("bob", "10.0.0.1", at, 5, 1),
            ],
        )

    def test_many_sessions_come_in_pages(self, chat: Chat) -> None:
        names = [f"{'n' * 20}-{number}" for number in range(800)]
        for name in names:
            chat.login(name)
        shell = admin(chat)
        found, pages, after = [], 0, 0
        while True:
            page = shell.ask(Online, after)
            pages += 1
            found += [entry.name for entry in page.sessions]
            if page.next is None:
                break
            after = page.next
        assert found == names
        assert pages > 1


class TestSay:
    def test_everyone_online_hears_the_operator(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        assert admin(chat).ask(Say, "back at noon", id="1") == Said("1", 2)
        for client in (alice, bob):
            (event,) = client.events()
            assert event == System(SystemKind.NOTICE, "the operator", "the operator says: back at noon")
        assert audited(chat) == [("operator (uid 0)", "say", "", "", "back at noon")]

    def test_only_the_members_of_a_room_hear_it_there(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        alice.ask(Join, "#Tea")
        shell = admin(chat, OWN)
        assert shell.ask(Say, "hot", "#tea", id="1") == Said("1", 1)
        assert [(event.text, event.room) for event in alice.events()] == [("the operator says: hot", "#Tea")]
        assert bob.events() == []
        assert audited(chat) == [("operator (uid 1000)", "say", "", "#Tea", "hot")]
        assert shell.refused(Say, "hot", "#coffee") is ErrorCode.NO_SUCH_ROOM


class TestModeration:
    def test_a_ban_ends_the_session_and_names_the_operator(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        shell = admin(chat)
        assert shell.ask(Ban, "bob", id="1", seconds=7_200, reason="spam") == Done("1")
        (farewell,) = bob.events(Goodbye)
        assert farewell.text == "the operator banned you from the chat for 2 hours: spam"
        (told,) = [event for event in alice.events(System) if event.kind is SystemKind.BANNED]
        assert told.by == "the operator"
        assert chat.connect().refused(Login, 1, "bob") is ErrorCode.BANNED
        assert next(iter(chat.core.state.facts.of(Banned).values())).by == "operator (uid 0)"
        assert shell.ask(Unban, "bob", id="2") == Done("2")
        assert [event.text for event in alice.events(System)] == ["the operator unbanned bob from the chat"]
        assert [entry[:3] for entry in audited(chat)] == [
            ("operator (uid 0)", "ban", "bob"),
            ("operator (uid 0)", "unban", "bob"),
        ]

    def test_it_reaches_private_rooms_and_addresses(self, chat: Chat) -> None:
        alice = chat.login("alice", identity=ALICE)
        alice.ask(Join, "#tea")
        shell = admin(chat)
        assert isinstance(shell.ask(Ban, "alice", room="#tea"), Done)
        assert "#tea" not in chat.core.state.users["alice"].conversations
        assert isinstance(shell.ask(Ban, address="10.9.0.0/16"), Done)
        assert shell.refused(Ban, "alice", room="#coffee") is ErrorCode.NO_SUCH_ROOM
        assert shell.refused(Unban, "zed") is ErrorCode.NO_SUCH_BAN

    def test_a_user_with_a_key_becomes_operator_and_no_longer(self, chat: Chat) -> None:
        alice = chat.login("alice", identity=ALICE)
        chat.login("bob")
        shell = admin(chat)
        assert shell.refused(SetRole, "bob", Role.OPERATOR) is ErrorCode.NO_KEY
        assert isinstance(shell.ask(SetRole, "alice", Role.OPERATOR), Done)
        assert not isinstance(alice.ask(Audit), Error)
        assert shell.refused(Ban, "alice") is ErrorCode.NOT_PERMITTED  # the role must go first
        assert isinstance(shell.ask(SetRole, "alice", Role.MEMBER), Done)
        assert alice.refused(Audit) is ErrorCode.NOT_PERMITTED

    def test_an_invite_is_revoked(self, chat: Chat) -> None:
        token = make_invite(SECRET, bytes(9), chat.now.at + 60_000, 1, "operator")
        assert isinstance(admin(chat).ask(Uninvite, token), Done)
        assert len(chat.core.state.facts.of(InviteUse)) == 1
        refused = chat.connect(identity=NEW).refused(Login, 1, "mallory", invite=token)
        assert refused is ErrorCode.INVITE_INVALID


class TestForget:
    def test_a_user_goes_with_what_is_stored_about_them(self, chat: Chat) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
        alice.ask(SetPassword, "correct horse")
        alice.ask(Send, "#lobby", "in public")
        alice.ask(Send, "@bob", "in private")
        bob.events()
        assert admin(chat).ask(Forget, "Alice", id="1") == Forgotten("1", 0, done=True)
        (farewell,) = alice.events(Goodbye)
        assert (farewell.reason, farewell.text) == (
            GoodbyeReason.KICKED,
            "the operator removed you and what was stored about you",
        )
        facts = chat.core.state.facts
        assert list(chat.core.state.users) == ["bob"]
        assert [key.user for key in facts.of(BoundKey).values()] == [2]
        assert not facts.of(PasswordHash)
        assert bob.refused(History, "@alice") is ErrorCode.NO_SUCH_USER
        page = bob.ask(History, "#lobby")
        assert [(message.sender, message.text) for message in page.messages] == [("alice", "in public")]
        assert list(facts.of(ReleasedName)) == ["alice"]  # or another alice would pass for her
        assert audited(chat)[-1][:3] == ("operator (uid 0)", "forget", "alice")

    def test_their_texts_go_too_if_asked(self, chat: Chat) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.login("bob")
        alice.ask(Nick, "alicia")
        alice.ask(Send, "#lobby", "a secret")
        bob.ask(Send, "#lobby", "I quote: a secret")
        alice.ask(Send, "@bob", "in private")
        bob.events()
        assert admin(chat).ask(Forget, "alicia", messages=True, id="1") == Forgotten("1", 2, done=True)
        page = bob.ask(History, "#lobby")
        assert [(message.seq, message.sender, message.text) for message in page.messages] == [
            (1, REMOVED_SENDER, REMOVED_TEXT),
            (2, "bob", "I quote: a secret"),
        ]
        assert [message.seq for message in bob.ask(Search, "secret").messages] == [2]
        assert chat.store.sent_by(1, 10) == []
        assert not chat.core.state.facts.of(ReleasedName)
        assert audited(chat)[-1][:3] == ("operator (uid 0)", "forget", REMOVED_SENDER)
        stored = str(chat.store.load())
        assert "alic" not in stored
        chat.restart()
        assert list(chat.core.state.users) == ["bob"]

    def test_their_amendments_lead_to_nobody_and_still_count(self, chat: Chat) -> None:
        alice, bob = chat.login("alice"), chat.login("bob")
        bob.ask(Send, "#lobby", "hello")
        alice.ask(React, "#lobby", 1, "👍")
        alice.ask(Send, "#lobby", "a secret")
        alice.ask(Edit, "#lobby", 3, "another secret")
        alice.ask(Send, "#lobby", "a third")
        alice.ask(Delete, "#lobby", 5)
        assert admin(chat).ask(Forget, "alice", messages=True, id="1") == Forgotten("1", 5, done=True)
        entries = bob.ask(History, "#lobby").messages
        assert entries[0].reactions == (Reaction("👍", 1, []),)
        assert [entry.sender for entry in entries] == ["bob", *[REMOVED_SENDER] * 5]
        assert [getattr(entry, "text", None) for entry in entries[1:]] == [
            *(None, REMOVED_TEXT, REMOVED_TEXT, "", None)
        ]
        assert entries[4].deleted
        assert "secret" not in str(chat.store.page("#lobby", 0, 100, 100))
        assert bob.ask(React, "#lobby", 1, "👍").seq == 7

    def test_their_reactions_still_count_without_their_name(self, chat: Chat) -> None:
        alice, bob, carol = chat.users("alice", "bob", "carol")
        bob.ask(Send, "#lobby", "hello")
        for user in (alice, carol):
            user.ask(React, "#lobby", 1, "👍")
        alice.ask(React, "#lobby", 1, "👍", on=False)
        alice.ask(React, "#lobby", 1, "👍")
        alice.ask(React, "#lobby", 1, "🎉", on=False, id="nothing")
        assert chat.core.state.facts.of(UnchangedRequests)
        assert admin(chat).ask(Forget, "alice", id="1") == Forgotten("1", 0, done=True)
        assert not chat.core.state.facts.of(UnchangedRequests)
        again = chat.login("alice")
        assert again.ask(React, "#lobby", 1, "👍").seq == 6
        (reaction,) = bob.ask(History, "#lobby", after=0, limit=1).messages[0].reactions
        assert reaction == Reaction("👍", 3, ["carol", "alice"])

    def test_what_they_took_back_leads_to_nobody(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        bob.ask(Send, "#lobby", "hello")
        for user in (alice, bob):
            user.ask(React, "#lobby", 1, "👍")
            user.ask(React, "#lobby", 1, "👍", on=False)
        assert [one[1] for one in chat.store.page("#lobby", 0, 2, 1)[0].form.taken_back] == [1, 2]
        admin(chat).ask(Forget, "alice", messages=True, id="1")
        assert [one[1] for one in chat.store.page("#lobby", 0, 2, 1)[0].form.taken_back] == [2]

    def test_many_texts_go_in_several_requests(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        for number in range(REMOVED_AT_ONCE + 10):
            alice.ask(Send, "#lobby", f"number {number}")
        shell = admin(chat)
        first = shell.ask(Forget, "alice", messages=True, id="1")
        assert first == Forgotten("1", REMOVED_AT_ONCE, done=False)
        assert "alice" in chat.core.state.users
        alice.ask(Send, "#lobby", "one more")
        assert shell.ask(Forget, "alice", messages=True, id="2") == Forgotten("2", 11, done=True)
        assert {message.text for message in bob.ask(History, "#lobby", limit=100).messages} == {REMOVED_TEXT}
        assert shell.refused(Forget, "alice", messages=True) is ErrorCode.NO_SUCH_USER

    def test_names_that_are_shared_can_be_forgotten_while_online(self) -> None:
        chat = Chat(names="shared", own_uid=OWN)
        chat.users("alice", "bob")
        assert admin(chat).ask(Forget, "alice", id="1") == Forgotten("1", 0, done=True)
        assert list(chat.core.state.users) == ["bob"]

    def test_nothing_is_removed_if_the_store_fails(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        alice.ask(Send, "#lobby", "hello")
        assert isinstance(chat.store, FragileStore)
        chat.store.broken = True
        assert admin(chat).refused(Forget, "alice", messages=True) is ErrorCode.UNAVAILABLE
        chat.mend()
        assert [message.text for message in bob.ask(History, "#lobby").messages] == ["hello"]
        assert "alice" in chat.core.state.users


class TestReload:
    @pytest.mark.parametrize("broken", [False, True])
    def test_the_reply_says_what_has_changed_also_while_the_store_fails(
        self, chat: Chat, broken: bool
    ) -> None:
        store = chat.core._context.store
        assert isinstance(store, FragileStore)
        store.broken = broken
        (alice,) = chat.users("alice") if not broken else (None,)
        chat.core._context.around.reload = lambda: ReloadedOptions(["title", "motd"], ["bind"])
        reply = admin(chat).ask(Reload)
        assert isinstance(reply, Reloaded)
        assert (reply.changed, reply.restart) == (["title", "motd"], ["bind"])
        assert alice is None or alice.events() == []

    def test_a_wrong_option_is_named(self, chat: Chat) -> None:
        def fail() -> ReloadedOptions:
            raise CannotReloadError("rate: 0.0 is not in the range")

        chat.core._context.around.reload = fail
        reply = admin(chat).ask(Reload)
        assert isinstance(reply, Error)
        assert (reply.code, reply.text) == (
            ErrorCode.INVALID,
            "nothing is reloaded: rate: 0.0 is not in the range",
        )

    def test_a_broker_without_options_says_that_it_cannot(self, chat: Chat) -> None:
        reply = admin(chat).ask(Reload)
        assert isinstance(reply, Error)
        assert reply.text == "nothing is reloaded: this broker cannot reload its options; restart it"
