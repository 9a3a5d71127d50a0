"""One key, one person: names bound to keys, linked devices, revoked keys, and who somebody is."""

import pytest
from keyring import KEYS, login_refused
from wired import Chat, FragileStore

from broker.core.facts.kinds import BoundKey, ReleasedName
from broker.core.moderation import audit
from broker.core.outbox import LogEvent
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, System, SystemKind
from messages.identity import Keys, Link, Revoke, SetPassword, Whois
from messages.keys import fingerprint
from messages.moderation import Audit, Ban
from messages.replies import Done, Welcome
from messages.requests import Login, Logout, Nick, Ping, Send

ALICE, PHONE, BOB, THIEF = KEYS[:4]


@pytest.fixture
def chat() -> Chat:
    return Chat(FragileStore("epoch"))


def linked_phone(chat: Chat) -> tuple:
    """Return alice with a second device."""
    alice = chat.login("alice", identity=ALICE)
    phone = chat.connect(identity=PHONE)
    phone.ask(Login, 1, "phone", link=alice.ask(Link).code)
    alice.events()
    return alice, phone


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("thief", [THIEF, None])
def test_a_name_is_its_first_keys_and_nobody_elses(chat: Chat, thief: str | None, restarted: bool) -> None:
    alice = chat.login("alice", identity=ALICE)
    alice.events()
    if restarted:
        chat.restart()
    error = login_refused(chat.connect(identity=thief), "ALICE")
    assert (error.code, error.retryable) == (ErrorCode.NAME_NOT_YOURS, False)
    assert alice.events() == []
    assert chat.login("alice", identity=ALICE).ask(Ping)


def test_a_key_is_one_users_who_is_named_to_who_tries_another_name(chat: Chat) -> None:
    chat.login("alice", identity=ALICE).ask(Logout)
    error = login_refused(chat.connect(identity=ALICE), "alfred")
    assert error.code is ErrorCode.KEY_IN_USE
    assert "log in as alice" in error.text
    assert "alfred" not in chat.core.state.users


def test_a_user_without_a_key_gets_the_first_one_when_nobody_is_there_as_them(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert login_refused(chat.connect(identity=ALICE), "alice").code is ErrorCode.NAME_TAKEN
    assert not chat.core.state.facts.of(BoundKey)
    alice.ask(Logout)
    chat.login("alice", identity=ALICE).ask(Logout)
    assert login_refused(chat.connect(), "alice").code is ErrorCode.NAME_NOT_YOURS


def test_where_names_are_shared_keys_bind_nothing() -> None:
    chat = Chat(names="shared")
    chat.login("alice", identity=ALICE).ask(Logout)
    assert chat.login("alice", identity=BOB).ask(Ping)
    alfred = chat.login("alfred", identity=ALICE)
    assert not chat.core.state.facts.of(BoundKey)
    assert alfred.refused(Link) is ErrorCode.NO_KEY


def test_a_stolen_token_opens_no_session_with_another_key(chat: Chat) -> None:
    alice = chat.connect(identity=ALICE)
    token = alice.login("alice").session
    for identity in (THIEF, None):
        thief = chat.connect(identity=identity)
        assert login_refused(thief, "alice", session=token).code is ErrorCode.NAME_NOT_YOURS
        assert thief.refused(Ping) is ErrorCode.NOT_LOGGED_IN
    assert alice.ask(Ping)


def test_two_keys_that_want_a_name_in_one_batch_get_it_once(chat: Chat) -> None:
    one, other = chat.connect(identity=ALICE), chat.connect(identity=THIEF)
    first, second = one.put(Login, 1, "alice"), other.put(Login, 1, "alice")
    chat.flush()
    assert one.reply(first).name == "alice"
    assert other.reply(second).code is ErrorCode.NAME_NOT_YOURS


def test_a_binding_that_could_not_be_stored_does_not_hold() -> None:
    store = FragileStore("epoch")
    chat = Chat(store)
    store.broken = True
    assert chat.connect(identity=ALICE).refused(Login, 1, "alice") is ErrorCode.UNAVAILABLE
    chat.mend()
    assert chat.login("alice", identity=BOB).ask(Ping)


@pytest.mark.parametrize("away", ["renamed", "forgotten"])
def test_a_name_that_comes_back_with_another_key_is_announced_once(away: str) -> None:
    chat = Chat(FragileStore("epoch"), forget_days=1)
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    alice.ask(Send, "#lobby", "it is me")
    if away == "renamed":
        alice.ask(Nick, "ann")
    else:
        alice.ask(Logout)
        chat.now = chat.now._replace(at=chat.now.at + 2 * 86_400_000, elapsed=chat.now.elapsed + 2 * 86_400)
        bob.ask(Ping)
        chat.tick()
    chat.restart()
    bob = chat.login("bob", identity=BOB)
    bob.events()
    other = chat.login("alice", identity=THIEF)
    (notice,) = [event for event in bob.events(System) if event.kind == "new-key"]
    assert notice.user == "alice"
    assert "another key" in notice.text
    other.ask(Logout)
    chat.login("alice", identity=THIEF)
    assert [event.kind for event in bob.events(System)] == ["left", "joined"]


def test_a_name_that_comes_back_with_its_own_key_is_nothing_new(chat: Chat) -> None:
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    alice.ask(Send, "#lobby", "it is me")
    alice.ask(Nick, "ann")
    alice.ask(Nick, "alice")
    assert [event.kind for event in bob.events(System)] == ["renamed", "renamed"]


@pytest.mark.parametrize("restarted", [False, True])
def test_the_code_of_one_device_lets_another_in_for_good(chat: Chat, restarted: bool) -> None:
    alice, phone = linked_phone(chat)
    assert phone.peer.session is not None
    assert phone.peer.session.user.name == "alice"
    phone.ask(Logout)
    if restarted:
        alice.ask(Logout)
        chat.restart()
    assert chat.connect(identity=PHONE).login("alice").name == "alice"


def test_a_code_is_short_good_once_and_for_ten_minutes(chat: Chat) -> None:
    alice = chat.login("alice", identity=ALICE)
    linked = alice.ask(Link)
    assert (len(linked.code), linked.seconds) == (8, 600)
    assert not set(linked.code) & set("01ILOilo")
    written = f" {linked.code[:4].lower()}-{linked.code[4:].lower()}"
    assert chat.connect(identity=PHONE).ask(Login, 1, "x", link=written).name == "alice"
    assert login_refused(chat.connect(identity=BOB), "x", link=linked.code).code is ErrorCode.LINK_INVALID
    late = alice.ask(Link).code
    chat.now = chat.now._replace(elapsed=chat.now.elapsed + 600)
    assert login_refused(chat.connect(identity=BOB), "x", link=late).code is ErrorCode.LINK_INVALID


def test_a_user_is_told_that_a_device_was_linked_and_others_are_not(chat: Chat) -> None:
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    code = alice.ask(Link).code
    alice.events(), bob.events()
    phone = chat.connect(identity=PHONE)
    assert phone.ask(Login, 1, "alice", link=code).name == "alice"
    (told,) = [event for event in alice.events(System) if event.kind is SystemKind.NEW_KEY]
    assert fingerprint(PHONE) in told.text
    assert not [event for event in bob.events(System) if event.kind is SystemKind.NEW_KEY]
    phone.ask(Logout)
    chat.login("alice", identity=PHONE)
    assert not [event for event in alice.events(System) if event.kind is SystemKind.NEW_KEY]


def test_a_code_is_of_no_use_without_a_key_or_with_another_users(chat: Chat) -> None:
    code = chat.login("alice", identity=ALICE).ask(Link).code
    chat.login("bob", identity=BOB).ask(Logout)
    assert login_refused(chat.connect(), "x", link=code).code is ErrorCode.NO_KEY
    assert login_refused(chat.connect(identity=BOB), "x", link=code).code is ErrorCode.KEY_IN_USE
    assert chat.connect(identity=PHONE).ask(Login, 1, "x", link=code).name == "alice"


def test_an_address_may_try_five_wrong_codes_a_minute(chat: Chat) -> None:
    code = chat.login("alice", identity=ALICE).ask(Link).code
    guesser = chat.connect("10.6.6.6", identity=THIEF)
    for _ in range(5):
        assert guesser.refused(Login, 1, "x", link="AAAAAAAA") is ErrorCode.LINK_INVALID
    assert guesser.refused(Login, 1, "x", link=code) is ErrorCode.TOO_MANY_ATTEMPTS
    assert chat.connect("10.0.0.9", identity=PHONE).ask(Login, 1, "x", link=code).name == "alice"
    chat.now = chat.now._replace(elapsed=chat.now.elapsed + 60)
    assert guesser.refused(Login, 1, "x", link=code) is ErrorCode.LINK_INVALID


def test_keys_are_listed_the_oldest_first_with_the_one_in_use(chat: Chat) -> None:
    alice, phone = linked_phone(chat)
    chat.forward(5)
    since = phone.ask(Keys).keys[1].since
    phone.ask(Logout)
    one, two = alice.ask(Keys).keys
    assert (one.fingerprint, one.current, one.seen) == (fingerprint(ALICE), True, chat.now.at)
    assert (two.fingerprint, two.current, two.since) == (fingerprint(PHONE), False, since)
    assert two.seen == chat.now.at
    chat.forward(5)
    assert alice.ask(Keys).keys[1].seen == two.seen


def test_a_revoked_key_ends_its_sessions_and_never_comes_back(chat: Chat) -> None:
    alice, phone = linked_phone(chat)
    lost = chat.connect(identity=PHONE)
    token = lost.login("alice").session
    chat.core.lose([lost.peer], "connection lost")
    assert isinstance(alice.ask(Revoke, fingerprint(PHONE)), Done)
    assert phone.events(Goodbye)[0].reason is GoodbyeReason.REVOKED
    assert phone.refused(Ping) is ErrorCode.NOT_LOGGED_IN
    code = alice.ask(Link).code
    chat.restart()
    for fields in ({}, {"session": token}, {"link": code}):
        phone = chat.connect(identity=PHONE)
        assert login_refused(phone, "alice", **fields).code is ErrorCode.KEY_REVOKED
    assert chat.login("alice", identity=ALICE).ask(Keys).keys[0].fingerprint == fingerprint(ALICE)


def test_a_user_has_so_many_keys_in_all_and_a_refused_code_stays_good(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.core.access.keys.MOST_KEYS", 2)
    alice, _ = linked_phone(chat)
    alice.ask(Revoke, fingerprint(PHONE))
    code = alice.ask(Link).code
    refused = login_refused(chat.connect(identity=BOB), "laptop", link=code)
    assert refused.code is ErrorCode.LIMIT_REACHED
    assert chat.core.state.facts.of(BoundKey).keys() == {ALICE}
    monkeypatch.setattr("broker.core.access.keys.MOST_KEYS", 3)
    assert isinstance(chat.connect(identity=BOB).ask(Login, 1, "laptop", link=code), Welcome)


@pytest.mark.parametrize(
    ("most", "kept"), [("MOST_RELEASED", {"a3"}), ("MOST_RELEASED_BY_ONE", {"a3", "bob"})]
)
def test_of_names_given_up_the_latest_are_remembered(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, most: str, kept: set[str]
) -> None:
    monkeypatch.setattr(f"broker.core.access.released_names.{most}", 1)
    bob, alice = chat.login("bob", identity=BOB), chat.login("a1", identity=ALICE)
    for client in (bob, alice):
        client.ask(Send, "#lobby", "hello")
    bob.ask(Nick, "robert")
    for name in ("a2", "a3", "a4"):
        chat.forward(1)
        alice.ask(Nick, name)
    assert chat.core.state.facts.of(ReleasedName).keys() == kept


def test_a_device_that_revokes_itself_is_answered_and_then_sent_away(chat: Chat) -> None:
    alice, phone = linked_phone(chat)
    asked = phone.put(Revoke, fingerprint(PHONE).removeprefix("SHA256:")[:8])
    chat.flush()
    assert [type(document) for document in phone.inbox if document.__class__ is not System] == [Done, Goodbye]
    assert phone.reply(asked)
    assert alice.ask(Ping)


def test_only_a_key_of_ones_own_is_revoked_and_never_the_last(chat: Chat) -> None:
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    assert bob.refused(Revoke, fingerprint(ALICE)) is ErrorCode.NO_SUCH_KEY
    assert alice.refused(Revoke, fingerprint(ALICE)) is ErrorCode.LAST_KEY
    (plain,) = chat.users("carol")
    assert plain.refused(Revoke, fingerprint(ALICE)) is ErrorCode.NO_KEY
    assert plain.refused(Link) is ErrorCode.NO_KEY
    assert alice.ask(Ping)


def test_everyone_can_see_who_somebody_is(chat: Chat) -> None:
    bob = chat.login("bob", identity=BOB)
    linked_phone(chat)
    since = chat.now.at
    chat.forward(3)
    profile = bob.ask(Whois, "Alice")
    assert profile.name == "alice"
    assert profile.fingerprints == [fingerprint(ALICE), fingerprint(PHONE)]
    assert (profile.online, profile.since, profile.idle, profile.seen) == (True, since, 3, chat.now.at)
    assert bob.refused(Whois, "nobody") is ErrorCode.NO_SUCH_USER
    chat.login("carol").ask(Logout)
    chat.forward(3)
    profile = bob.ask(Whois, "carol")
    assert (profile.fingerprints, profile.online, profile.since, profile.idle) == ([], False, None, None)
    assert profile.seen == chat.now.at - 3_000


def test_operators_of_the_broker_alone_see_from_where_somebody_is_connected() -> None:
    chat = Chat(FragileStore("epoch"), own_uid=0)
    root = chat.connect(uid=0)
    root.login("root")
    for address in ("10.0.0.7", "10.0.0.8", "10.0.0.8"):
        chat.connect(address, ALICE).login("alice")
    gone = chat.connect("10.0.0.9", ALICE)
    gone.login("alice")
    gone.ask(Logout)
    assert root.ask(Whois, "alice").addresses == ["10.0.0.7", "10.0.0.8"]
    assert chat.login("bob", identity=BOB).ask(Whois, "alice").addresses == []


def test_what_people_do_to_their_keys_and_passwords_is_recorded_and_crowds_out_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "MOST_AUDITED", 4)
    chat = Chat(FragileStore("epoch"), own_uid=0)
    root = chat.connect(uid=0)
    root.login("root")
    root.ask(Ban, "mallory")
    alice, _ = linked_phone(chat)
    alice.ask(Revoke, fingerprint(PHONE))
    alice.ask(SetPassword, "a long secret of alice")
    alice.ask(SetPassword)
    shown = [(one.by, one.action, one.target) for one in root.ask(Audit).entries]
    assert shown == [
        ("alice", "clear-password", ""),
        ("alice", "set-password", ""),
        ("alice", "revoke", fingerprint(PHONE)),
        ("alice", "link", fingerprint(PHONE)),
        ("root", "ban", "mallory"),
    ]
    alice.ask(SetPassword, "a long secret of alice")
    assert [one.action for one in root.ask(Audit).entries][-2:] == ["revoke", "ban"]
    assert "secret" not in str(chat.notes)
    assert chat.noted(LogEvent.AUDIT)[-1]["text"] == "set-password"
