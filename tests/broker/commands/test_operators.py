"""What operators of the broker do about its connections, and about keys and invites that got lost."""

import pytest
from keyring import KEYS, login_refused
from wired import Chat, Client, FragileStore

from broker.core.access.invites import invite_secret, make_invite
from broker.core.access.released_names import MOST_TOLD
from broker.core.facts.kinds import PasswordHash
from broker.core.outbox import LogEvent
from broker.core.settings import AccessPolicy
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, System, SystemKind
from messages.identity import Link, ResetKeys, SetPassword, Uninvite, Whois
from messages.moderation import Audit, Ban, Role, SetRole
from messages.replies import Done, Error, Welcome
from messages.requests import Confirm, Debug, Join, Login, Logout, Nick, Ping, Send

ALICE, PHONE, BOB, NEW, OTHER = KEYS[:5]
OWN = 1000
SECRET = invite_secret(b"the broker's own")


@pytest.fixture
def chat() -> Chat:
    return Chat(FragileStore("epoch"), own_uid=OWN, invite_secret=SECRET, access=AccessPolicy.OPEN)


def root(chat: Chat) -> Client:
    """Return who runs the broker, connected over ipc."""
    client = chat.connect(uid=OWN)
    client.login("root")
    return client


def operator(chat: Chat, name: str, identity: str) -> Client:
    """Return an operator of the broker who has the role by an invite."""
    client = chat.connect(identity=identity)
    reply = client.ask(Login, 1, name, invite=token(chat, 7, role="operator"))
    assert isinstance(reply, Welcome)
    return client


def token(chat: Chat, nonce: int = 1, *, uses: int = 1, role: str = "") -> str:
    return make_invite(SECRET, nonce.to_bytes(9, "big"), chat.now.at + 60_000, uses, role)


def new_keys(client: Client) -> list[str]:
    return [event.user for event in client.events(System) if event.kind is SystemKind.NEW_KEY]


def test_the_connections_are_for_the_operator_and_the_client_sees_nothing_of_them() -> None:
    chat = Chat()
    alice, bob, carol = chat.users("alice", "bob", "carol")
    chat.connect()
    alice.ask(Join, "#zmq")
    for _ in range(3):
        alice.ask(Send, "#lobby", "hello")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Confirm, "#lobby", 2)
    bob.ask(Nick, "robert")
    chat.core.lose([carol.peer], "connection lost")
    chat.flush()
    chat.forward(7)
    for client in (alice, bob):
        client.events()
    chat.notes.clear()
    assert bob.ask(Debug, id="1") == Done("1")
    assert alice.inbox == bob.inbox == []
    (note,) = chat.notes
    assert note.event is LogEvent.CONNECTIONS
    assert note.fields == {
        "name": "robert",
        "rows": [
            {"name": "alice", "address": "10.0.0.1", "rooms": "#lobby #zmq", "queue": 4, "idle": 7},
            {"name": "robert", "address": "10.0.0.1", "rooms": "#lobby", "queue": 2, "idle": 0},
            {"name": "carol", "address": "(lost)", "rooms": "#lobby", "queue": 3, "idle": 7},
        ],
    }


def test_all_together_have_the_connections_printed_five_times_in_ten_seconds(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(5):
        assert isinstance(alice.ask(Debug), Done)
    error = bob.ask(Debug)
    assert (error.code, error.retryable) == (ErrorCode.TOO_MANY_REQUESTS, True)
    assert error.retry_after >= 9_000
    chat.forward(10)
    assert isinstance(bob.ask(Debug), Done)


class TestFreedNames:
    def test_the_next_key_gets_the_name_and_the_old_ones_never_come_back(self, chat: Chat) -> None:
        alice = chat.login("alice", identity=ALICE)
        phone = chat.connect(identity=PHONE)
        phone.ask(Login, 1, "phone", link=alice.ask(Link).code)
        assert isinstance(root(chat).ask(ResetKeys, "Alice"), Done)
        for device in (alice, phone):
            (farewell,) = device.events(Goodbye)
            assert farewell.reason is GoodbyeReason.REVOKED
            assert "log in with a new one" in farewell.text
            assert device.refused(Ping) is ErrorCode.NOT_LOGGED_IN
        chat.restart()
        for key in (ALICE, PHONE):
            assert login_refused(chat.connect(identity=key), "alice").code is ErrorCode.KEY_REVOKED
        chat.login("alice", identity=NEW).ask(Logout)
        assert login_refused(chat.connect(identity=OTHER), "alice").code is ErrorCode.NAME_NOT_YOURS

    def test_who_waited_to_take_up_a_session_does_not(self, chat: Chat) -> None:
        alice = chat.connect(identity=ALICE)
        session = alice.login("alice").session
        chat.core.lose([alice.peer], "connection lost")
        root(chat).ask(ResetKeys, "alice")
        assert session not in chat.core.state.sessions

    def test_password_roles_and_codes_of_before_are_worth_nothing(self, chat: Chat) -> None:
        alice, one = operator(chat, "alice", ALICE), root(chat)
        alice.ask(SetPassword, "correct horse")
        code = alice.ask(Link).code
        alice.ask(Join, "#tea")
        one.ask(ResetKeys, "alice")
        chat.restart()
        assert not chat.core.state.facts.of(PasswordHash)
        again = chat.login("alice", identity=NEW)
        assert again.refused(Audit) is ErrorCode.NOT_PERMITTED
        assert again.refused(SetRole, "alice", Role.MODERATOR, "#tea") is ErrorCode.NOT_PERMITTED
        assert login_refused(chat.connect(identity=OTHER), "x", link=code).code is ErrorCode.LINK_INVALID

    def test_all_sessions_behind_a_gateway_end_with_its_key(self, chat: Chat) -> None:
        alice, one = chat.login("alice", identity=ALICE), root(chat)
        alice.ask(SetPassword, "correct horse")
        chat.connect(identity=OTHER).ask(Login, 1, "irc", invite=token(chat, 3, role="gateway"))
        behind = chat.connect(identity=OTHER)
        reply = behind.ask(Login, 1, "alice", on_behalf=True, password="correct horse", address="10.1.1.1")
        assert isinstance(reply, Welcome)
        one.ask(ResetKeys, "irc")
        assert behind.events(Goodbye)[0].reason is GoodbyeReason.REVOKED
        assert behind.refused(Ping) is ErrorCode.NOT_LOGGED_IN
        assert alice.ask(Ping)

    def test_the_user_stays_the_same_and_all_are_warned_who_are_there(self, chat: Chat) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
        bob.ask(Send, "@alice", "for your eyes")
        before = alice.peer.session.user.id  # type: ignore[union-attr]
        root(chat).ask(ResetKeys, "alice")
        assert new_keys(bob) == []
        again = chat.connect(identity=NEW)
        assert "@bob" in [position.conversation for position in again.login("alice").conversations]
        assert again.peer.session.user.id == before  # type: ignore[union-attr]
        (notice,) = [event for event in bob.events(System) if event.kind is SystemKind.NEW_KEY]
        assert "another key" in notice.text

    def test_it_is_for_operators_of_the_broker_and_on_others_only(self, chat: Chat) -> None:
        carol, bob = chat.login("carol", identity=OTHER), operator(chat, "bob", BOB)
        assert carol.refused(ResetKeys, "bob") is ErrorCode.NOT_PERMITTED
        assert bob.refused(ResetKeys, "bob") is ErrorCode.TO_YOURSELF
        assert bob.refused(ResetKeys, "nobody") is ErrorCode.NO_SUCH_USER
        assert isinstance(bob.ask(ResetKeys, "carol"), Done)
        assert bob.refused(ResetKeys, "carol") is ErrorCode.NO_KEY

    def test_an_operator_yields_to_who_runs_the_broker_only(self, chat: Chat) -> None:
        bob, one = operator(chat, "bob", BOB), root(chat)
        alice = chat.login("alice", identity=ALICE)
        one.ask(SetRole, "alice", Role.OPERATOR)
        assert "over ipc" in bob.ask(ResetKeys, "alice").text
        assert alice.ask(Ping)
        assert bob.refused(ResetKeys, "root") is ErrorCode.NOT_PERMITTED
        assert isinstance(one.ask(ResetKeys, "alice"), Done)
        assert alice.refused(Ping) is ErrorCode.NOT_LOGGED_IN

    def test_no_gateway_does_it_in_an_operators_name(self, chat: Chat) -> None:
        bob = operator(chat, "bob", BOB)
        bob.ask(SetPassword, "correct horse")
        chat.login("alice", identity=ALICE)
        chat.connect(identity=OTHER).ask(Login, 1, "irc", invite=token(chat, 3, role="gateway"))
        behind = chat.connect(identity=OTHER)
        behind.ask(Login, 1, "bob", on_behalf=True, password="correct horse", address="10.1.1.1")
        assert behind.refused(ResetKeys, "alice") is ErrorCode.NOT_PERMITTED
        assert isinstance(bob.ask(ResetKeys, "alice"), Done)

    def test_the_others_are_not_told_that_the_name_is_free(self, chat: Chat) -> None:
        chat.login("alice", identity=ALICE)
        carol = chat.login("carol", identity=OTHER)
        root(chat).ask(ResetKeys, "alice")
        (left,) = [event for event in carol.events(System) if event.kind is SystemKind.LEFT]
        assert left.reason == "key revoked"

    def test_it_is_audited(self, chat: Chat) -> None:
        chat.login("alice", identity=ALICE)
        one = root(chat)
        one.ask(ResetKeys, "alice")
        entry = one.ask(Audit).entries[0]
        assert (entry.by, entry.action, entry.target) == ("root", "reset-keys", "alice")

    def test_what_could_not_be_stored_has_not_happened(self, chat: Chat) -> None:
        alice, one = chat.login("alice", identity=ALICE), root(chat)
        assert isinstance(chat.store, FragileStore)
        chat.store.broken = True
        assert one.refused(ResetKeys, "alice") is ErrorCode.UNAVAILABLE
        chat.mend()
        assert alice.ask(Ping)
        assert alice.events(Goodbye) == []
        assert login_refused(chat.connect(identity=NEW), "alice").code is ErrorCode.NAME_NOT_YOURS


class TestNewKeysOfOthers:
    @pytest.mark.parametrize("restarted", [False, True])
    def test_who_was_away_learns_of_it_once_if_they_talk_with_each_other(
        self, chat: Chat, restarted: bool
    ) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
        chat.login("carol", identity=OTHER).ask(Logout)
        bob.ask(Send, "@alice", "hello")
        bob.ask(Logout)
        chat.forward(5)
        alice.ask(Logout)
        root(chat).ask(ResetKeys, "alice")
        chat.login("alice", identity=NEW)
        if restarted:
            chat.restart()
        chat.forward(5)
        bob = chat.login("bob", identity=BOB)
        assert new_keys(bob) == ["alice"]
        assert new_keys(chat.login("carol", identity=OTHER)) == []
        assert new_keys(chat.login("bob", identity=BOB)) == []
        bob.ask(Logout)
        chat.forward(5)
        assert new_keys(chat.login("bob", identity=BOB)) == []

    def test_who_was_told_in_vain_while_they_did_not_read_learns_of_it_later(self, chat: Chat) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
        bob.ask(Send, "@alice", "hello")
        bob.full = True
        alice.ask(Send, "@bob", "are you there?")
        root(chat).ask(ResetKeys, "alice")
        chat.login("alice", identity=NEW)
        chat.forward(5)
        bob.full = False
        chat.forward(5)
        assert new_keys(bob) == ["alice"]

    def test_a_session_that_is_taken_up_learns_what_it_missed(self, chat: Chat) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.connect(identity=BOB)
        session = bob.login("bob").session
        bob.ask(Send, "@alice", "hello")
        one = root(chat)
        chat.forward(5)
        bob.gone = True  # which the broker finds out when the new connection comes
        one.ask(ResetKeys, "alice")
        alice = chat.login("alice", identity=NEW)
        assert alice.ask(Ping)
        back = chat.connect(identity=BOB)
        back.login("bob", session)
        assert new_keys(back) == ["alice"]

    def test_who_did_not_read_meanwhile_learns_it_when_they_do(self, chat: Chat) -> None:
        alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
        bob.ask(Send, "@alice", "hello")
        bob.full = True
        alice.ask(Send, "#lobby", "which does not reach bob")
        assert bob.peer.lagging
        root(chat).ask(ResetKeys, "alice")
        chat.login("alice", identity=NEW)
        bob.full = False
        bob.events()
        bob.put(Ping)
        chat.flush()
        assert new_keys(bob) == ["alice"]

    def test_of_many_the_latest_are_told(self, chat: Chat) -> None:
        bob = chat.login("bob", identity=BOB)
        names = [f"user{number}" for number in range(MOST_TOLD + 3)]
        keys = [f"{'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]'}{number:03}" for number in range(2 * len(names))]
        for name, key in zip(names, keys, strict=False):
            chat.login(name, identity=key).ask(Logout)
            bob.ask(Send, f"@{name}", "hello")
        bob.ask(Logout)
        one = root(chat)
        for name, key in zip(names, keys[len(names) :], strict=True):
            chat.forward(1)
            one.ask(ResetKeys, name)
            chat.login(name, identity=key)
        assert new_keys(chat.login("bob", identity=BOB)) == names[3:]

    def test_who_begins_to_talk_with_another_alice_is_told_if_they_may_take_her_for_the_first(
        self, chat: Chat
    ) -> None:
        alice = chat.login("alice", identity=ALICE)
        alice.ask(Send, "#lobby", "it is me")
        chat.login("bob", identity=BOB).ask(Logout)
        alice.ask(Nick, "ann")
        chat.login("alice", identity=NEW)
        bob, carol = chat.login("bob", identity=BOB), chat.login("carol", identity=OTHER)
        bob.events()
        bob.ask(Send, "@alice", "is it you?")
        assert new_keys(bob) == ["alice"]
        bob.ask(Send, "@alice", "hello?")
        assert new_keys(bob) == []
        carol.ask(Send, "@alice", "hello")
        assert new_keys(carol) == []


class TestInvitesInWrongHands:
    @pytest.mark.parametrize("restarted", [False, True])
    def test_an_invite_that_was_revoked_lets_nobody_in(self, restarted: bool) -> None:
        chat = Chat(FragileStore("epoch"), own_uid=OWN, invite_secret=SECRET, access=AccessPolicy.INVITED)
        one = chat.connect(uid=OWN)
        assert isinstance(one.ask(Login, 1, "root", invite=token(chat, 2)), Welcome)
        leaked = token(chat, uses=9)
        assert isinstance(chat.connect(identity=OTHER).ask(Login, 1, "mallory", invite=leaked), Welcome)
        assert isinstance(one.ask(Uninvite, leaked), Done)
        if restarted:
            chat.restart()
        error = login_refused(chat.connect(identity=NEW), "eve", invite=leaked)
        assert error.code is ErrorCode.INVITE_INVALID

    def test_operators_see_who_came_in_with_which_and_revoke_it_by_what_they_see(self, chat: Chat) -> None:
        leaked = token(chat, 5, uses=9, role="gateway")
        chat.connect(identity=OTHER).ask(Login, 1, "mallory", invite=leaked)
        one = root(chat)
        used = [entry for entry in one.ask(Audit).entries if entry.action == "use-invite"]
        assert [(entry.by, entry.target, entry.at) for entry in used] == [
            ("mallory", leaked[:8], chat.now.at)
        ]
        assert isinstance(one.ask(Uninvite, leaked[:8]), Done)
        assert (
            login_refused(chat.connect(identity=NEW), "eve", invite=leaked).code is ErrorCode.INVITE_INVALID
        )
        entry = one.ask(Audit).entries[0]
        assert (entry.by, entry.action, entry.target) == ("root", "uninvite", leaked[:8])

    @pytest.mark.parametrize("text", ["", "AAAAAAAA", "x" * 56, "not one at all"])
    def test_what_is_no_invite_is_none_to_revoke(self, chat: Chat, text: str) -> None:
        error = root(chat).ask(Uninvite, text)
        assert isinstance(error, Error)
        assert error.code is ErrorCode.INVITE_INVALID
        assert "/audit" in error.text

    def test_it_is_for_operators_of_the_broker(self, chat: Chat) -> None:
        alice = chat.login("alice", identity=ALICE)
        assert alice.refused(Uninvite, token(chat)) is ErrorCode.NOT_PERMITTED


class TestWhoIs:
    def test_roles_in_the_chat_are_seen_by_all_and_bans_by_operators(self, chat: Chat) -> None:
        chat.connect(identity=OTHER).ask(Login, 1, "irc", invite=token(chat, 3, role="gateway"))
        bob, one = operator(chat, "bob", BOB), root(chat)
        alice = chat.login("alice", identity=ALICE)
        roles = {name: alice.ask(Whois, name).roles for name in ("alice", "bob", "irc", "root")}
        assert roles == {"alice": [], "bob": ["operator"], "irc": ["gateway"], "root": ["operator"]}
        chat.login("carol", identity=NEW)
        one.ask(Ban, "carol", seconds=9)
        assert [client.ask(Whois, "carol").banned for client in (alice, bob, one)] == [False, True, True]
        assert not bob.ask(Whois, "alice").banned
        chat.forward(9)
        assert not bob.ask(Whois, "carol").banned
