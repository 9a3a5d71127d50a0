import pytest
from msgspec.structs import replace
from wired import Chat, Client, FragileStore

from broker.core.facts.kinds import GrantedRole
from broker.core.facts.moderation import AuditRecord, Banned, Muted
from broker.core.moderation import audit
from broker.core.outbox import LogEvent
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, System, SystemKind
from messages.keys import fingerprint
from messages.moderation import Audit, Ban, Bans, Kick, Mute, Unban, Unmute
from messages.replies import Accepted, Done, Error, RoomState
from messages.requests import Join, Login, Nick, Send, Who
from messages.version import PROTOCOL

KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"


def stage(store: FragileStore | None = None, **settings: object) -> tuple[Chat, Client, Client, Client]:
    """Return a chat, who runs the broker, alice who opened #tea, and bob who is in it."""
    chat = Chat(store, own_uid=0, **settings)
    root = chat.connect(uid=0)
    root.login("root")
    alice, bob = chat.login("alice"), chat.login("bob")
    for client in (alice, bob):
        client.ask(Join, "#tea")
    for client in (root, alice, bob):
        client.events()
    return chat, root, alice, bob


class TestKick:
    def test_the_room_is_told_and_the_one_put_out_is_no_member(self) -> None:
        chat, _, alice, bob = stage()
        (carol,) = chat.users("carol")
        carol.ask(Join, "#tea")
        bob.events()
        assert isinstance(alice.ask(Kick, "bob", "#tea", "noise"), Done)
        for client, whom in ((bob, "you"), (carol, "bob")):
            text = f"alice removed {whom} from #tea: noise"
            told = System(SystemKind.KICKED, "bob", text, room="#tea", reason="noise", by="alice")
            assert client.events() == [replace(told, user_id=3, by_id=2)]
        assert bob.refused(Send, "#tea", "hello?") is ErrorCode.NOT_IN_ROOM
        assert isinstance(bob.ask(Join, "#tea"), RoomState)

    def test_from_the_chat_it_ends_the_session(self) -> None:
        _chat, root, alice, bob = stage()
        root.ask(Kick, "bob", reason="noise")
        assert bob.events() == [Goodbye(GoodbyeReason.KICKED, "root removed you from the chat: noise")]
        kinds = [(event.kind, event.reason) for event in alice.events(System)]
        assert kinds == [(SystemKind.LEFT, "kicked"), (SystemKind.KICKED, "noise")]
        assert bob.refused(Who) is ErrorCode.NOT_LOGGED_IN
        bob.login("bob")

    def test_one_who_lost_the_connection_is_not_online(self) -> None:
        chat, root, _, bob = stage()
        chat.core.lose([bob.peer], "connection lost")
        assert root.refused(Kick, "bob") is ErrorCode.NOT_ONLINE

    def test_a_role_in_the_room_is_lost_with_it(self) -> None:
        _chat, root, alice, _ = stage()
        root.ask(Kick, "alice", "#tea")
        alice.ask(Join, "#tea")
        assert alice.refused(Kick, "bob", "#tea") is ErrorCode.NOT_PERMITTED

    @pytest.mark.parametrize("kind", [Kick, Ban])
    def test_nobody_is_put_out_of_the_lobby_nor_puts_out_themselves(self, kind: type[Kick]) -> None:
        _, root, alice, _ = stage()
        assert root.refused(kind, name="bob", room="#lobby") is ErrorCode.LOBBY_PROTECTED
        assert root.refused(kind, name="root") is ErrorCode.TO_YOURSELF
        assert alice.refused(kind, name="alice", room="#tea") is ErrorCode.TO_YOURSELF

    def test_one_who_is_not_there_cannot_be_put_out(self) -> None:
        chat, _, alice, _ = stage()
        chat.login("carol")
        assert alice.refused(Kick, "carol", "#tea") is ErrorCode.NOT_IN_ROOM
        assert alice.refused(Kick, "nobody", "#tea") is ErrorCode.NO_SUCH_USER


class TestBan:
    def test_from_a_room_it_holds_over_a_restart_and_under_another_name(self) -> None:
        store = FragileStore("epoch")
        chat, _, alice, bob = stage(store)
        alice.ask(Ban, "bob", room="#tea", seconds=7_200, reason="spam")
        (told,) = bob.events(System)
        assert told.text == "alice banned you from #tea for 2 hours: spam"
        assert told.until == chat.now.at + 7_200_000
        bob.ask(Nick, "rob")
        chat.restart()
        refused = chat.login("rob").ask(Join, "#tea")
        assert (refused.code, refused.text) == (
            ErrorCode.BANNED,
            "you are banned from #tea for 2 hours: spam",
        )
        assert isinstance(chat.login("bob").ask(Join, "#tea"), RoomState)

    def test_from_the_chat_it_ends_the_session_and_refuses_the_login_until_it_is_over(self) -> None:
        chat, root, _, bob = stage()
        token = next(iter(chat.core.state.users["bob"].sessions))
        root.ask(Ban, "bob", seconds=60, reason="spam")
        (goodbye,) = bob.events(Goodbye)
        assert (goodbye.reason, goodbye.text) == (
            GoodbyeReason.BANNED,
            "root banned you from the chat for 1 minute: spam",
        )
        again = chat.connect()
        for session in (None, token):
            reply = again.ask(Login, PROTOCOL, "Bob", session)
            assert (reply.code, reply.text) == (ErrorCode.BANNED, "you are banned for 1 minute: spam")
        chat.forward(61)
        assert chat.core.state.facts.of(Banned) == {}
        again.login("bob")

    def test_one_who_waits_to_be_resumed_is_out_too(self) -> None:
        chat, root, _, bob = stage()
        token = next(iter(chat.core.state.users["bob"].sessions))
        chat.core.lose([bob.peer], "connection lost")
        root.ask(Ban, "bob")
        assert chat.connect().refused(Login, PROTOCOL, "bob", token) is ErrorCode.BANNED

    @pytest.mark.parametrize("address", ["10.0.0.1", "10.0.0.0/8"])
    def test_an_address_is_kept_out_whatever_the_name(self, address: str) -> None:
        chat, root, alice, bob = stage()
        root.ask(Ban, address=address)
        assert [event.reason for event in (*alice.events(Goodbye), *bob.events(Goodbye))] == ["banned"] * 2
        assert chat.connect("10.0.0.1").refused(Login, PROTOCOL, "carol") is ErrorCode.BANNED
        chat.connect("11.0.0.1").login("carol")

    @pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "2000::/3", "2000::/15"])
    def test_nobody_bans_a_large_part_of_all_addresses_by_mistake(self, network: str) -> None:
        chat, root, _, _ = stage()
        reply = root.ask(Ban, address=network)
        assert reply.code is ErrorCode.INVALID
        assert f"{network} has a large part of all addresses" in reply.text
        assert chat.core.state.facts.of(Banned) == {}
        assert root.refused(Unban, address=network) is ErrorCode.NO_SUCH_BAN

    def test_a_key_is_kept_out_whatever_the_name(self) -> None:
        chat, root, _, _ = stage()
        carol = chat.login("carol", identity=KEY)
        root.ask(Ban, key=fingerprint(KEY))
        assert carol.events(Goodbye)
        assert chat.connect(identity=KEY).refused(Login, PROTOCOL, "dave") is ErrorCode.BANNED
        chat.connect().login("dave")

    def test_a_user_is_kept_out_with_all_keys(self) -> None:
        chat, root, _, _ = stage()
        chat.login("carol", identity=KEY)
        root.ask(Ban, "carol")
        for name in ("carol", "dave"):
            assert chat.connect(identity=KEY).refused(Login, PROTOCOL, name) is ErrorCode.BANNED

    def test_one_who_comes_from_an_address_banned_from_a_room_is_out_of_it(self) -> None:
        chat, root, _, bob = stage()
        chat.core.lose([bob.peer], "connection lost")
        root.ask(Ban, address="10.9.0.0/16", room="#tea")
        bob = chat.connect("10.9.8.7")
        welcome = bob.ask(Login, PROTOCOL, "bob")
        if isinstance(welcome, Error):  # the first one finds out that the holder is gone
            welcome = bob.ask(Login, PROTOCOL, "bob")
        assert [position.conversation for position in welcome.conversations] == ["#lobby"]
        assert bob.refused(Join, "#tea") is ErrorCode.BANNED

    def test_nobody_bans_themselves_by_key_or_address(self) -> None:
        chat = Chat()
        alice = chat.connect("10.1.1.1", KEY)
        alice.login("alice")
        chat.core.state.facts.keep(GrantedRole(chat.core.state.users["alice"].id, "operator", 0))
        for whom in ({"address": "10.0.0.0/8"}, {"key": fingerprint(KEY)}, {"name": "alice"}):
            assert alice.refused(Ban, **whom) is ErrorCode.TO_YOURSELF
        assert chat.core.state.facts.of(Banned) == {}

    def test_a_name_nobody_bears_yet_cannot_be_taken(self) -> None:
        chat, root, alice, _ = stage()
        root.ask(Ban, "Mallory")
        assert chat.connect().refused(Login, PROTOCOL, "mallory") is ErrorCode.BANNED
        assert alice.refused(Nick, "mallory") is ErrorCode.BANNED

    def test_where_names_are_shared_it_outlives_the_user(self) -> None:
        chat, root, _, _ = stage(names="shared")
        root.ask(Ban, "bob")
        assert chat.connect().refused(Login, PROTOCOL, "bob") is ErrorCode.BANNED

    def test_it_follows_a_user_who_is_forgotten_to_the_name(self) -> None:
        store = FragileStore("epoch")
        _, root, _, _ = stage(store)
        root.ask(Ban, "bob")
        chat = Chat(store, names="shared")
        assert "bob" not in chat.core.state.users
        assert chat.connect().refused(Login, PROTOCOL, "bob") is ErrorCode.BANNED

    def test_what_could_not_be_stored_puts_nobody_out(self) -> None:
        chat, root, _, bob = stage()
        assert isinstance(chat.store, FragileStore)
        chat.store.broken = True
        assert root.refused(Ban, "bob") is ErrorCode.UNAVAILABLE
        assert bob.events(Goodbye) == []
        chat.mend()
        bob.ask(Who)

    def test_it_is_listed_and_ended(self) -> None:
        chat, root, alice, bob = stage()
        alice.ask(Ban, "bob", room="#tea", seconds=60, reason="spam")
        root.ask(Ban, address="192.0.2.7", room="#tea")
        (shown,) = alice.ask(Bans, "#tea").bans
        assert (shown.name, shown.by, shown.until) == ("bob", "alice", chat.now.at + 60_000)
        assert [entry.address for entry in root.ask(Bans, "#tea").bans] == [None, "192.0.2.7/32"]
        assert root.ask(Bans).bans == []
        assert isinstance(alice.ask(Unban, "bob", room="#tea"), Done)
        assert alice.refused(Unban, "bob", room="#tea") is ErrorCode.NO_SUCH_BAN
        assert isinstance(bob.ask(Join, "#tea"), RoomState)

    def test_there_are_not_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("broker.commands.moderation.MAX_SANCTIONS", 2)
        _, _, alice, _ = stage()
        replies = [alice.ask(Ban, name, room="#tea") for name in ("x", "y", "z")]
        assert [isinstance(reply, Done) for reply in replies] == [True, True, False]
        assert replies[2].code is ErrorCode.LIMIT_REACHED


class TestMute:
    def test_it_silences_in_that_room_until_it_is_over(self) -> None:
        chat, _, alice, bob = stage()
        alice.ask(Mute, "#tea", "bob", 30, "noise")
        (told,) = bob.events(System)
        assert (told.kind, told.by, told.text) == (
            SystemKind.MUTED,
            "alice",
            "alice muted you in #tea for 30 seconds: noise",
        )
        refused = bob.ask(Send, "#tea", "hello")
        assert (refused.code, refused.text) == (
            ErrorCode.MUTED,
            "you are muted in #tea for 30 seconds: noise",
        )
        assert isinstance(bob.ask(Send, "#lobby", "hello"), Accepted)
        chat.forward(31)
        assert isinstance(bob.ask(Send, "#tea", "hello"), Accepted)
        assert chat.core.state.facts.of(Muted) == {}

    def test_leaving_the_room_and_a_restart_do_not_end_it(self) -> None:
        store = FragileStore("epoch")
        chat, _, alice, _ = stage(store)
        alice.ask(Mute, "#tea", "bob")
        chat.restart()
        bob = chat.login("bob")
        assert bob.refused(Send, "#tea", "hello") is ErrorCode.MUTED

    def test_what_was_accepted_before_is_answered_again(self) -> None:
        _, _, alice, bob = stage()
        first = bob.ask(Send, "#tea", "hello", id="x")
        alice.ask(Mute, "#tea", "bob")
        assert bob.ask(Send, "#tea", "hello", id="x") == first

    def test_it_can_be_ended_but_not_by_oneself(self) -> None:
        _, root, alice, bob = stage()
        root.ask(Mute, "#tea", "alice")
        alice.ask(Mute, "#tea", "bob")
        assert alice.refused(Unmute, "#tea", "alice") is ErrorCode.TO_YOURSELF
        alice.ask(Unmute, "#tea", "bob")
        assert bob.events(System)[-1].kind is SystemKind.UNMUTED
        assert isinstance(bob.ask(Send, "#tea", "hello"), Accepted)


class TestAudit:
    def test_all_that_is_done_is_told_to_operators_and_to_the_log(self) -> None:
        store = FragileStore("epoch")
        chat, root, alice, _ = stage(store)
        alice.ask(Mute, "#tea", "bob", 60, "noise")
        alice.ask(Kick, "bob", "#tea")
        root.ask(Ban, "bob", reason="spam")
        shown = [(one.by, one.action, one.target, one.room, one.reason) for one in root.ask(Audit).entries]
        assert shown == [
            ("root", "ban", "bob", None, "spam"),
            ("alice", "kick", "bob", "#tea", ""),
            ("alice", "mute", "bob", "#tea", "noise"),
        ]
        assert [note["text"] for note in chat.noted(LogEvent.AUDIT)] == [
            "mute bob in #tea for 1 minute: noise",
            "kick bob in #tea",
            "ban bob: spam",
        ]
        assert len(Chat(store).core.state.facts.of(AuditRecord)) == 3

    def test_they_come_page_by_page(self) -> None:
        _, root, alice, _ = stage()
        for name in ("x", "y", "z"):
            alice.ask(Ban, name, room="#tea")
        first = root.ask(Audit, limit=2)
        assert ([one.number for one in first.entries], first.more) == ([3, 2], True)
        second = root.ask(Audit, first.entries[-1].number, 2)
        assert ([one.number for one in second.entries], second.more) == ([1], False)

    def test_only_the_latest_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit, "MOST_AUDITED", 2)
        _, root, alice, _ = stage()
        for name in ("x", "y", "z"):
            alice.ask(Ban, name, room="#tea")
        assert [one.number for one in root.ask(Audit).entries] == [3, 2]

    def test_being_busy_in_a_room_makes_nobody_forget_what_was_done_in_the_chat(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit, "MOST_AUDITED", 2)
        chat, root, alice, _ = stage()
        root.ask(Ban, "mallory")
        for name in ("x", "y", "z"):
            alice.ask(Ban, name, room="#tea")
        assert [one.target for one in root.ask(Audit).entries] == ["z", "y", "mallory"]
        for name in ("p", "q"):
            root.ask(Ban, name)
        assert [one.target for one in root.ask(Audit).entries] == ["q", "p", "z", "y"]
        assert len(chat.core.state.facts.of(AuditRecord)) == 4

    def test_being_busy_in_a_room_makes_nobody_forget_what_was_done_in_another(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit, "MOST_AUDITED", 3)
        chat, root, alice, _ = stage()
        alice.ask(Ban, "mallory", room="#tea")
        (busy,) = chat.users("busy")
        busy.ask(Join, "#busy")
        for name in ("u", "v", "x", "y", "z"):
            busy.ask(Ban, name, room="#busy")
        assert [one.target for one in root.ask(Audit).entries] == ["z", "y", "mallory"]
