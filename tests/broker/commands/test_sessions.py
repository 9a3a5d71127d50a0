import pytest
from photograph import photograph
from wired import BEGINNING, Chat

from broker.commands.entry.abilities import ABILITIES
from broker.commands.entry.limits import limits_of
from broker.core.outbox import LogEvent
from messages.codec import encode
from messages.errors import ErrorCode
from messages.events import Goodbye, Message, Receipt, System
from messages.limits import MAX_BROKER_FRAME
from messages.replies import Done, Pong, Position, Welcome
from messages.requests import Confirm, Join, Login, Logout, Nick, Ping, Send, Whoami
from messages.version import __version__


@pytest.fixture
def chat() -> Chat:
    return Chat(title="The chat", motd="Be kind", heartbeat=5_000)


def lose(chat: Chat, *peers: object) -> None:
    for peer in peers:
        chat.core.lose([peer], "connection lost")  # type: ignore[arg-type]
    chat.flush()


def test_a_login_is_welcomed_with_all_a_client_needs(chat: Chat) -> None:
    alice = chat.connect()
    assert alice.ask(Login, 1, "Alice", id="1") == Welcome(
        re="1",
        name="Alice",
        session="token-1",
        epoch="epoch",
        resumed=False,
        heartbeat=5_000,
        conversations=[Position("#lobby", 0, 0)],
        title="The chat",
        motd="Be kind",
        abilities=ABILITIES,
        user_id=1,
        version=__version__,
        limits=limits_of(chat.core._context),
    )
    assert chat.noted(LogEvent.LOGIN) == [{"name": "Alice", "address": "10.0.0.1"}]


def test_a_newcomer_has_missed_nothing(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Send, "#lobby", "before")
    assert chat.connect().login("bob").conversations == [Position("#lobby", 1, 1, read=1, at=BEGINNING.at)]


def test_a_user_who_was_away_is_told_where_they_stopped(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "one")
    bob.ask(Confirm, "#lobby", 1)
    bob.ask(Logout)
    alice.ask(Send, "#lobby", "two")
    alice.ask(Send, "@bob", "psst")
    assert sorted(chat.connect().login("bob").conversations, key=str) == [
        Position("#lobby", 2, 1, unread=2, at=BEGINNING.at),
        Position("@alice", 1, 0, unread=1, user_id=1, at=BEGINNING.at),
    ]


def test_a_welcome_fits_into_a_frame_and_tells_of_what_is_unread_first(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for number in range(300):
        alice.put(Join, f"#{number:0>4}{'ƀ' * 60}")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Send, "@alice", "hello")
    alice.ask(Logout)
    welcome = chat.connect().login("alice")
    assert welcome.conversations[0] == Position("@bob", 2, 0, unread=1, user_id=2, at=BEGINNING.at)
    assert 150 < len(welcome.conversations) < 302
    assert len(encode(welcome)) < MAX_BROKER_FRAME


def test_nobody_logs_in_twice_on_one_connection(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert alice.refused(Login, 1, "alice") is ErrorCode.ALREADY_LOGGED_IN
    assert alice.refused(Login, 1, "bob", "token-1") is ErrorCode.ALREADY_LOGGED_IN


@pytest.mark.parametrize("protocol", [0, 2])
def test_a_client_that_speaks_another_protocol_is_told_so(chat: Chat, protocol: int) -> None:
    assert chat.connect().refused(Login, protocol, "alice") is ErrorCode.PROTOCOL_UNSUPPORTED


def test_one_can_log_in_again_after_logging_out_under_another_name(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Logout)
    assert alice.login("bob").name == "bob"


# Names


def test_a_name_is_free_once_its_bearer_has_left_and_their_session_is_worth_nothing(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    lose(chat, alice.peer)
    assert chat.connect().login("alice").session == "token-2"
    assert chat.connect().refused(Login, 1, "alice", "token-1") is ErrorCode.NAME_TAKEN


def test_where_names_are_shared_each_alice_is_somebody_else() -> None:
    chat = Chat(names="shared")
    bob = chat.login("bob")
    first, second, third = (chat.connect() for _ in range(3))
    names = [
        client.login(name).name for client, name in ((first, "Alice"), (second, "Alice"), (third, "aLICE"))
    ]
    assert names == ["Alice", "Alice~2", "aLICE~3"]
    bob.events()
    bob.ask(Send, "@alice~2", "hello")
    assert [message.conversation for message in second.events(Message)] == ["@bob"]
    assert first.events(Message) == third.events(Message) == []
    third.ask(Send, "#lobby", "hello")
    assert [message.sender for message in bob.events()] == ["aLICE~3"]


def test_where_names_are_shared_a_user_is_forgotten_with_their_session() -> None:
    chat = Chat(names="shared")
    bob, first, second = chat.users("bob", "alice", "alice")
    bob.ask(Send, "@alice", "for the first")
    first.ask(Logout)
    assert bob.refused(Send, "@alice", "are you there?") is ErrorCode.NO_SUCH_USER
    third = chat.connect()
    assert third.login("alice").conversations == [Position("#lobby", 0, 0)]
    assert bob.ask(Send, "@alice", "for the third").seq == 1
    assert second.ask(Whoami).name == "alice~2"
    assert [name for name in chat.core.state.users if "alice" in name] == ["alice~2", "alice"]


def test_where_names_are_shared_nothing_is_left_of_a_user_who_is_forgotten() -> None:
    chat = Chat(names="shared")
    (bob,) = chat.users("bob")
    before = photograph(chat.core), chat.store.load().users, chat.store.load().members
    alice = chat.login("alice")
    alice.ask(Join, "#lobby")
    alice.ask(Send, "@bob", "hello")
    alice.ask(Logout)
    after = photograph(chat.core, without=(alice.peer,)), chat.store.load().users, chat.store.load().members
    assert after == (before[0] | {"next user": 3}, *before[1:])
    lose(chat, bob.peer)
    assert chat.connect().login("bob", "token-1").conversations == [Position("#lobby", 0, 0)]


def test_where_names_are_shared_a_lost_user_is_kept_until_the_session_cannot_be_resumed() -> None:
    chat = Chat(names="shared", resume_seconds=60)
    alice, bob = chat.users("alice", "bob")
    lose(chat, alice.peer)
    bob.ask(Send, "@alice", "while you were gone")
    back = chat.connect()
    welcome = back.login("alice", "token-1")
    assert welcome.resumed
    assert Position("@bob", 1, 0, unread=1, user_id=2, at=BEGINNING.at) in welcome.conversations
    lose(chat, back.peer)
    chat.forward(62)
    assert "alice" not in chat.core.state.users


# Sessions taken up again


def test_a_lost_session_is_taken_up_by_its_token(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    lose(chat, alice.peer)
    assert [event.kind for event in bob.events()] == ["left"]
    back = chat.connect(address="10.0.0.9")
    welcome = back.login("alice", "token-1")
    assert (welcome.resumed, welcome.session) == (True, "token-1")
    assert [event.kind for event in bob.events()] == ["joined"]
    assert chat.noted(LogEvent.RESUME) == [{"name": "alice", "address": "10.0.0.9"}]
    bob.ask(Send, "#lobby", "welcome back")
    assert back.texts() == ["welcome back"]
    assert alice.events() == []


def test_a_session_taken_up_elsewhere_is_replaced_without_anyone_noticing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    elsewhere = chat.connect()
    assert elsewhere.login("alice", "token-1").resumed
    assert [goodbye.reason for goodbye in alice.events(Goodbye)] == ["replaced"]
    assert bob.events() == []
    bob.ask(Send, "#lobby", "hello")
    assert alice.events() == []
    assert elsewhere.texts() == ["hello"]
    assert alice.refused(Ping) is ErrorCode.NOT_LOGGED_IN


def test_losing_the_replaced_connection_does_not_touch_the_session(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    elsewhere = chat.connect()
    elsewhere.login("alice", "token-1")
    lose(chat, alice.peer)
    chat.forward(10)
    assert isinstance(elsewhere.ask(Ping), Pong)


def test_who_timed_out_takes_the_session_up_on_the_same_connection(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    chat.forward(16)
    assert len(alice.events(Goodbye)) == 1
    chat.core.connect(alice.peer)
    assert alice.login("alice", "token-1").resumed


def test_a_session_is_resumed_under_the_name_its_user_bears_now(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Nick, "Älice")
    lose(chat, alice.peer)
    assert chat.connect().login("alice", "token-1").name == "Älice"


def test_an_unknown_token_makes_a_new_session(chat: Chat) -> None:
    welcome = chat.connect().login("alice", "nonsense")
    assert (welcome.resumed, welcome.session) == (False, "token-1")


def test_a_token_of_another_identity_makes_a_new_session(chat: Chat) -> None:
    chat.login("alice", identity="hers")
    thief = chat.connect(identity="his")
    assert thief.refused(Login, 1, "alice", "token-1") is ErrorCode.NAME_NOT_YOURS
    welcome = thief.login("mallory", "token-1")
    assert (welcome.resumed, welcome.name, welcome.session) == (False, "mallory", "token-2")


def test_a_token_that_is_not_known_any_more_brings_back_a_name_without_its_number() -> None:
    chat = Chat(names="shared")
    assert chat.connect().login("alice~2", "from before a restart").name == "alice"


# Devices


def test_the_same_identity_is_another_device_of_the_same_user(chat: Chat) -> None:
    laptop = chat.login("alice", identity="key")
    phone = chat.login("ALICE", identity="key")
    (bob,) = chat.users("bob")
    for client in (laptop, phone):
        client.events()
    assert laptop.ask(Whoami).sessions == 2
    bob.ask(Send, "@alice", "hello")
    bob.ask(Send, "#lobby", "hello all")
    assert laptop.texts() == phone.texts() == ["hello", "hello all"]


def test_what_one_device_says_the_other_hears(chat: Chat) -> None:
    laptop, phone = (chat.login("alice", identity="key") for _ in range(2))
    (bob,) = chat.users("bob")
    laptop.events()
    phone.events()
    laptop.ask(Send, "@bob", "hello")
    assert laptop.events() == []
    assert [(m.conversation, m.sender, m.text) for m in phone.events()] == [("@bob", "alice", "hello")]
    bob.ask(Confirm, "@alice", 1)
    assert laptop.events(Receipt) == phone.events(Receipt) == [Receipt("@bob", 1, user="bob")]


@pytest.mark.parametrize("identity", [None, "another"])
def test_another_identity_or_none_is_no_device_of_hers(chat: Chat, identity: str | None) -> None:
    alice = chat.login("alice", identity="key")
    alice.events()
    assert chat.connect(identity=identity).refused(Login, 1, "alice") is ErrorCode.NAME_NOT_YOURS
    assert alice.events(System) == []


# Leaving, and signs of life


def test_a_logout_ends_the_session_for_good(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert isinstance(alice.ask(Logout), Done)
    assert [(event.text, event.reason) for event in bob.events()] == [
        ("alice left the chat (logged out)", "logged out")
    ]
    assert chat.noted(LogEvent.LEAVE) == [{"name": "alice", "address": "10.0.0.1", "reason": "logged out"}]
    assert alice.refused(Logout) is ErrorCode.NOT_LOGGED_IN
    assert not chat.connect().login("alice", "token-1").resumed


def test_a_ping_is_answered(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert alice.ask(Ping, id="7") == Pong("7")
