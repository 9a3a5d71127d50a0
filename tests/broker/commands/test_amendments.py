"""Editing, deleting, reacting, pinning, answering, and who may do it."""

from typing import Any

import msgspec
import pytest
from keyring import KEYS
from wired import Chat, Client

from broker.core.entries import Form, Reacting
from broker.core.execution.jobs import MOST_WAITING
from broker.core.settings import Caps
from broker.core.store import ReplacedMessage
from broker.store.memory import MemoryStore
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.errors import ErrorCode
from messages.events import Deleted, Edited, Message, Pinned, Reacted, Reaction
from messages.limits import MAX_OWN_REACTIONS, MAX_PINS, MAX_REACTED, MAX_REACTIONS, MAX_TEXT
from messages.moderation import Audit, Kick, Mute, Role, RoomRules, SetRole
from messages.replies import PinList
from messages.requests import Confirm, History, Join, Leave, Login, Search, Send
from messages.version import PROTOCOL


@pytest.fixture
def alice(chat: Chat) -> Client:
    return chat.login("alice")


@pytest.fixture
def bob(chat: Chat) -> Client:
    return chat.login("bob")


def say(client: Client, text: str = "hello", to: str = "#lobby", **fields: Any) -> int:
    reply = client.ask(Send, to, text, **fields)
    return int(reply.seq)


def page(client: Client, conversation: str = "#lobby", **fields: Any) -> list[Any]:
    return list(client.ask(History, conversation, **({"after": 0} | fields)).messages)


def test_an_edit_replaces_the_text_and_is_an_entry_with_a_number_of_its_own(
    chat: Chat, alice: Client, bob: Client
) -> None:
    seq = say(alice, "helo")
    bob.events()
    reply = alice.ask(Edit, "#lobby", seq, "hello", id="e1")
    assert (reply.conversation, reply.seq, reply.recipients) == ("#lobby", seq + 1, 1)
    assert bob.events() == [Edited("#lobby", seq + 1, seq, "e1", "alice", chat.now.at, "hello", sender_id=1)]
    message, edited = page(bob)
    assert (message.text, message.edited, message.id) == ("hello", chat.now.at, "r3")
    assert (edited.of, edited.text) == (seq, "hello")
    alice.ask(Edit, "#lobby", seq, "hello!")
    assert [entry.text for entry in page(bob)] == ["hello!"] * 3


def test_a_deletion_empties_the_message_and_all_its_edits(chat: Chat, alice: Client, bob: Client) -> None:
    seq = say(alice, "secret")
    alice.ask(Edit, "#lobby", seq, "top secret")
    bob.ask(React, "#lobby", seq, "👍")
    alice.ask(Pin, "#lobby", seq)
    bob.events()
    deletion = alice.ask(Delete, "#lobby", seq, id="d1")
    assert bob.events() == [Deleted("#lobby", deletion.seq, seq, "d1", "alice", chat.now.at, sender_id=1)]
    message, *amendments = page(bob)
    assert (message.text, message.deleted, message.reactions, message.sender) == ("", True, (), "alice")
    assert amendments[0].text == ""
    assert bob.ask(Pins, "#lobby").messages == []
    assert bob.ask(Search, "secret").messages == []
    assert alice.refused(Edit, "#lobby", seq, "again") is ErrorCode.MESSAGE_DELETED
    assert bob.refused(React, "#lobby", seq, "👍") is ErrorCode.MESSAGE_DELETED
    assert bob.refused(Pin, "#lobby", seq) is ErrorCode.MESSAGE_DELETED
    assert alice.ask(Delete, "#lobby", seq).seq == deletion.seq
    assert bob.ask(React, "#lobby", seq, "👍", on=False).seq == deletion.seq
    assert bob.ask(Pin, "#lobby", seq, on=False).seq == deletion.seq


def test_a_reaction_is_shown_with_its_users_and_can_be_taken_back(
    chat: Chat, alice: Client, bob: Client
) -> None:
    seq = say(alice)
    first = bob.ask(React, "#lobby", seq, "👍").seq
    alice.ask(React, "#lobby", seq, "👍")
    alice.ask(React, "#lobby", seq, "+1")
    assert page(bob)[0].reactions == (Reaction("👍", 2, ["bob", "alice"]), Reaction("+1", 1, ["alice"]))
    assert bob.ask(React, "#lobby", seq, "👍").seq == first
    bob.events()
    alice.events()
    off = bob.ask(React, "#lobby", seq, "👍", on=False, id="off")
    taken_back = Reacted("#lobby", off.seq, seq, "off", "bob", chat.now.at, "👍", on=False, sender_id=2)
    assert alice.events() == [taken_back]
    assert page(bob)[0].reactions[0] == Reaction("👍", 1, ["alice"])
    assert bob.ask(React, "#lobby", seq, "👍", on=False).seq == off.seq
    assert bob.ask(React, "#lobby", seq, "never", on=False).seq == seq
    assert len(page(bob)) == off.seq


def test_the_first_ten_users_are_named_and_all_are_counted(chat: Chat, alice: Client) -> None:
    seq = say(alice)
    for number in range(12):
        chat.login(f"user{number}").ask(React, "#lobby", seq, "👍")
    (reaction,) = page(alice)[0].reactions
    assert (reaction.count, reaction.users) == (12, [f"user{number}" for number in range(10)])


def test_who_becomes_the_tenth_is_told(chat: Chat, alice: Client) -> None:
    seq = say(alice)
    users = chat.users(*(f"user{number}" for number in range(13)))
    for user in users:
        user.ask(React, "#lobby", seq, "👍")
    alice.events()
    replies = [users[one].ask(React, "#lobby", seq, "👍", on=False, id="off") for one in (12, 3, 0, 4)]
    told = [entry.tenth for entry in alice.events()]
    assert told == [reply.tenth for reply in replies] == ["", "user10", "user11", ""]
    assert users[3].ask(React, "#lobby", seq, "👍", on=False, id="off").tenth == "user10"
    assert [entry.tenth for entry in page(alice)[-4:]] == told
    (reaction,) = page(alice)[0].reactions
    assert (reaction.count, reaction.users) == (9, [f"user{n}" for n in (1, 2, 5, 6, 7, 8, 9, 10, 11)])


def test_whoever_was_put_out_of_a_private_room_is_not_told_who_is_the_tenth(chat: Chat) -> None:
    clients = [chat.login(f"user{number}", identity=KEYS[number]) for number in range(2)]
    clients += chat.users(*(f"user{number}" for number in range(2, 11)))
    for client in clients:
        client.ask(Join, "#tea")
    seq = say(clients[0], to="#tea")
    for client in clients:
        client.ask(React, "#tea", seq, "👍")
    assert clients[3].ask(React, "#tea", seq, "👍", on=False, id="off").tenth == "user10"
    clients[0].ask(RoomRules, "#tea", private=True)
    clients[0].ask(Kick, "user3", "#tea")
    again = clients[3].ask(React, "#tea", seq, "👍", on=False, id="off")
    assert (again.tenth, again.recipients) == ("", 0)


def test_reactions_are_limited_by_user_and_by_message(chat: Chat, alice: Client, bob: Client) -> None:
    assert MAX_OWN_REACTIONS == MAX_REACTIONS
    seq, other = say(alice), say(alice)
    for number in range(MAX_OWN_REACTIONS):
        alice.ask(React, "#lobby", seq, f"a{number}")
    refusal = alice.ask(React, "#lobby", seq, "more")
    assert (refusal.code, "take one back" in refusal.text) == (ErrorCode.LIMIT_REACHED, True)
    refusal = bob.ask(React, "#lobby", seq, "more")
    assert (refusal.code, "choose one of them" in refusal.text) == (ErrorCode.LIMIT_REACHED, True)
    assert bob.ask(React, "#lobby", seq, "a1").seq
    assert bob.ask(React, "#lobby", other, "more").seq


def react_by_many(chat: Chat, seq: int, reactions: int, users: int) -> None:
    """Let many users, who need not exist, have each of some reactions to a message."""
    (stored,) = chat.store.page("#lobby", seq - 1, seq + 1, 1)
    by = [(user, 1_000 + user) for user in range(1_000, 1_000 + users)]
    form = Form(reactions=tuple(Reacting.of(f"r{number}", *by) for number in range(reactions)))
    chat.store.commit([ReplacedMessage(msgspec.structs.replace(stored, form=form))])


def test_all_reactions_to_a_message_are_limited(chat: Chat, alice: Client) -> None:
    seq = say(alice)
    react_by_many(chat, seq, 2, MAX_REACTED // 2)
    refusal = alice.ask(React, "#lobby", seq, "r1")
    assert (refusal.code, "2,000 reactions" in refusal.text) == (ErrorCode.LIMIT_REACHED, True)


def test_a_message_with_more_reactions_than_allowed_can_be_read_and_lose_some(
    chat: Chat, alice: Client
) -> None:
    seq = say(alice)
    react_by_many(chat, seq, MAX_REACTIONS + 10, 100)
    assert [one.count for one in page(alice)[0].reactions] == [100] * (MAX_REACTIONS + 10)
    assert alice.refused(React, "#lobby", seq, "r1") is ErrorCode.LIMIT_REACHED
    assert alice.ask(Delete, "#lobby", seq).seq


def test_a_page_names_no_more_than_fits(chat: Chat, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    users = [chat.login(f"u{number:031}") for number in range(10)]
    ids = [one.peer.session.user.id for one in users if one.peer.session]
    for seq in [say(alice) for _ in range(40)]:
        (stored,) = chat.store.page("#lobby", seq - 1, seq + 1, 1)
        form = Form(reactions=tuple(Reacting.of(f"r{n}", *((user, 99) for user in ids)) for n in range(20)))
        chat.store.commit([ReplacedMessage(msgspec.structs.replace(stored, form=form))])
    named: list[Reacting] = []
    first = Reacting.first
    monkeypatch.setattr(Reacting, "first", lambda self, most: named.append(self) or first(self, most))
    for back in (False, True):
        named.clear()
        reply = alice.ask(History, "#lobby", **({} if back else {"after": 0}))
        assert (reply.more, len(reply.messages)) == (True, len(named) // 20 - 1)
        assert (reply.messages[0].seq == 1) is not back


def test_reactions_in_one_frame_are_as_if_each_had_come_alone(chat: Chat, alice: Client, bob: Client) -> None:
    seq = say(alice)
    bob.events()
    wanted = [(seq, "👍", True), (seq, "👍", True), (99, "👍", True), (seq, "👎", True), (seq, "👍", False)]
    requests = [React(f"many{n}", "#lobby", *each) for n, each in enumerate(wanted)]
    alice.put_all(*requests)
    chat.flush()
    replies = [alice.reply(request.id) for request in requests]
    assert [getattr(reply, "seq", reply.re) for reply in replies] == [2, 2, "many2", 3, 4]
    assert [entry.seq for entry in bob.events()] == [2, 3, 4]
    alice.put_all(React("x1", "#lobby", seq, "a"), React("x2", "#lobby", seq, "b"))
    chat.flush()
    assert [(entry.seq, entry.reaction) for entry in bob.events()] == [(5, "a"), (6, "b")]
    assert [one.reaction for one in page(bob)[0].reactions] == ["👎", "a", "b"]


def test_a_pin_is_listed_the_latest_first(chat: Chat, alice: Client, bob: Client) -> None:
    first, second = say(alice, "one"), say(alice, "two")
    pinned = alice.ask(Pin, "#lobby", first)
    bob.events()
    alice.ask(Pin, "#lobby", second, id="p")
    told = Pinned("#lobby", pinned.seq + 1, second, "p", "alice", chat.now.at, on=True, sender_id=1)
    assert bob.events() == [told]
    assert [message.text for message in bob.ask(Pins, "#lobby").messages] == ["two", "one"]
    assert bob.ask(Pin, "#lobby", first).seq == pinned.seq
    bob.ask(Pin, "#lobby", first, on=False)
    assert [message.text for message in bob.ask(Pins, "#lobby").messages] == ["two"]


def test_the_number_of_pins_is_limited(alice: Client) -> None:
    for _ in range(MAX_PINS):
        alice.ask(Pin, "#lobby", say(alice))
    assert alice.refused(Pin, "#lobby", say(alice)) is ErrorCode.LIMIT_REACHED


def test_only_moderators_pin_in_a_large_room(chat: Chat, alice: Client) -> None:
    alice.ask(Join, "#tea")
    seq = say(alice, to="#tea")
    others = [chat.login(f"user{number}") for number in range(20)]
    for other in others[:19]:
        other.ask(Join, "#tea")
    assert others[0].ask(Pin, "#tea", seq).seq == seq + 1
    others[19].ask(Join, "#tea")
    assert others[0].refused(Pin, "#tea", seq, on=False) is ErrorCode.NOT_PERMITTED
    assert alice.ask(Pin, "#tea", seq, on=False).seq == seq + 2


def test_only_the_sender_edits_and_a_moderator_deletes_with_an_audit_entry() -> None:
    chat = Chat(own_uid=0)
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    bob.ask(Join, "#tea")
    root = chat.connect(uid=0)
    root.login("root")
    seq = say(bob, "spam", "#tea")
    mine = say(alice, "mine", "#tea")
    assert alice.refused(Edit, "#tea", seq, "ham") is ErrorCode.NOT_YOURS
    assert bob.refused(Delete, "#tea", mine) is ErrorCode.NOT_YOURS
    alice.ask(Delete, "#tea", seq)
    (entry, *_) = root.ask(Audit).entries
    assert (entry.action, entry.target, entry.by) == ("delete", "bob", "alice")
    assert bob.ask(SetRole, "alice", Role.MEMBER, "#tea").code is ErrorCode.NOT_PERMITTED


def test_a_moderator_deletes_nothing_of_an_equal_or_a_higher_role() -> None:
    chat = Chat(own_uid=0)
    founder, mod, other, bob = chat.users("founder", "mod", "other", "bob")
    root = chat.connect(uid=0)
    root.login("root")
    for user in (founder, mod, other, bob, root):
        user.ask(Join, "#tea")
    for name in ("mod", "other"):
        founder.ask(SetRole, name, Role.MODERATOR, "#tea")
    for author in (founder, other, root):
        seq = say(author, to="#tea")
        assert mod.refused(Delete, "#tea", seq) is ErrorCode.NOT_PERMITTED
        assert bob.refused(Delete, "#tea", seq) is ErrorCode.NOT_YOURS
        assert author.ask(Delete, "#tea", seq).seq
    for deleting, author in ((mod, bob), (founder, mod), (root, founder)):
        assert deleting.ask(Delete, "#tea", say(author, to="#tea")).seq


def test_nobody_removes_the_pin_of_a_higher_role(chat: Chat) -> None:
    founder, mod, bob, carol = chat.users("founder", "mod", "bob", "carol")
    for user in (founder, mod, bob, carol):
        user.ask(Join, "#tea")
    founder.ask(SetRole, "mod", Role.MODERATOR, "#tea")
    seq = say(bob, to="#tea")
    founder.ask(Pin, "#tea", seq)
    for user in (mod, bob):
        refusal = user.ask(Pin, "#tea", seq, on=False)
        assert refusal.text == "founder pinned this message and has a higher role here; ask them"
    assert founder.ask(Pin, "#tea", seq, on=False).seq
    bob.ask(Pin, "#tea", seq)
    assert carol.ask(Pin, "#tea", seq, on=False).seq
    founder.ask(Pin, "#tea", seq)
    assert bob.ask(Delete, "#tea", seq).seq  # it is bob's message


def test_nobody_deletes_what_the_other_wrote_in_a_direct_conversation(alice: Client, bob: Client) -> None:
    seq = say(alice, to="@bob")
    assert bob.refused(Delete, "@alice", seq) is ErrorCode.NOT_YOURS
    assert bob.ask(Pin, "@alice", seq).seq == seq + 1
    assert alice.events(Pinned)[0].conversation == "@bob"


def test_a_sender_has_a_limited_time_if_the_operator_says_so() -> None:
    chat = Chat(edit_for=60)
    alice, bob = chat.login("alice"), chat.connect()
    assert bob.login("bob").edit_for == 60
    alice.ask(Join, "#tea")
    seq, lobby = say(alice, to="#tea"), say(alice)
    chat.now = chat.now._replace(at=chat.now.at + 60_000)
    assert alice.ask(Edit, "#lobby", lobby, "in time").seq
    chat.now = chat.now._replace(at=chat.now.at + 1)
    assert alice.refused(Edit, "#lobby", lobby, "late") is ErrorCode.TOO_LATE
    assert alice.refused(Delete, "#lobby", lobby) is ErrorCode.TOO_LATE
    assert alice.refused(Edit, "#tea", seq, "late") is ErrorCode.TOO_LATE
    assert alice.ask(Delete, "#tea", seq).seq == seq + 1  # as a moderator


@pytest.mark.parametrize("seq", [0, 99])
@pytest.mark.parametrize(("kind", "values"), [(Edit, ["x"]), (Delete, []), (React, ["👍"]), (Pin, [])])
def test_only_a_message_can_be_amended(alice: Client, kind: Any, values: list[str], seq: int) -> None:
    message = say(alice)
    edit = alice.ask(Edit, "#lobby", message, "hi").seq
    assert alice.refused(kind, "#lobby", seq, *values) is ErrorCode.NO_SUCH_MESSAGE
    assert alice.refused(kind, "#lobby", edit, *values) is ErrorCode.NO_SUCH_MESSAGE
    assert alice.refused(kind, "#nowhere", 1, *values) is ErrorCode.NO_SUCH_ROOM


def test_muted_users_delete_but_do_not_edit_react_or_pin(chat: Chat, alice: Client, bob: Client) -> None:
    alice.ask(Join, "#tea")
    bob.ask(Join, "#tea")
    seq = say(bob, to="#tea")
    alice.ask(Mute, room="#tea", name="bob")
    for kind, values in ((Edit, ["x"]), (React, ["👍"]), (Pin, [])):
        assert bob.refused(kind, "#tea", seq, *values) is ErrorCode.MUTED  # type: ignore[type-var]
    assert bob.ask(Delete, "#tea", seq).seq == seq + 1


REQUESTS: list[tuple[Any, list[Any]]] = [
    (Edit, ["new"]),
    (Delete, []),
    (React, ["👍"]),
    (Pin, []),
]


@pytest.mark.parametrize(("kind", "values"), REQUESTS)
def test_a_request_sent_again_is_answered_with_its_first_seq_whatever_came_since(
    alice: Client, kind: Any, values: list[Any]
) -> None:
    seq = say(alice, "old", id="s")
    first = alice.ask(kind, "#lobby", seq, *values, id="a").seq
    if kind is not Delete:
        alice.ask(Edit, "#lobby", seq, "newest")
        alice.ask(Delete, "#lobby", seq)
    head = len(page(alice))
    assert alice.ask(kind, "#lobby", seq, *values, id="a").seq == first
    assert alice.ask(Send, "#lobby", "old", id="s").seq == seq
    assert alice.refused(Send, "#lobby", "newest", id="s") is ErrorCode.ID_REUSED
    assert alice.refused(Send, "#lobby", "old", id="a") is ErrorCode.ID_REUSED
    assert alice.refused(Edit, "#lobby", seq, "other", id="a") is ErrorCode.ID_REUSED
    assert alice.refused(Edit, "#lobby", seq, "old", id="s") is ErrorCode.ID_REUSED
    assert len(page(alice)) == head


def test_a_message_and_its_amendments_may_come_in_one_batch(chat: Chat, alice: Client, bob: Client) -> None:
    alice.put(Send, "#lobby", "helo", id="s")
    alice.put(Edit, "#lobby", 1, "hello")
    bob.put(React, "#lobby", 1, "👍")
    alice.put(Edit, "#lobby", 1, "hello!")
    bob.put(React, "#lobby", 1, "👎")
    chat.flush()
    message = page(alice)[0]
    assert (message.text, [one.reaction for one in message.reactions]) == ("hello!", ["👍", "👎"])


def test_nothing_is_amended_if_it_cannot_be_stored(chat: Chat, alice: Client) -> None:
    seq = say(alice, "old")
    chat.store.broken = True  # type: ignore[attr-defined]
    assert alice.refused(Edit, "#lobby", seq, "new") is ErrorCode.UNAVAILABLE
    assert alice.refused(Pin, "#lobby", seq) is ErrorCode.UNAVAILABLE
    chat.mend()
    assert [entry.text for entry in page(alice)] == ["old"]
    assert alice.ask(Edit, "#lobby", seq, "new").seq == seq + 1


def test_unread_counts_messages_that_have_a_text(chat: Chat, alice: Client) -> None:
    bob = chat.login("bob")
    seqs = [say(alice, f"message {number}") for number in range(3)]
    alice.ask(Edit, "#lobby", seqs[0], "edited")
    alice.ask(React, "#lobby", seqs[1], "👍")
    alice.ask(Delete, "#lobby", seqs[2])
    token = bob.peer.session.token  # type: ignore[union-attr]
    (lobby,) = chat.connect().login("bob", token).conversations
    assert (lobby.head, lobby.unread) == (6, 2)
    chat.login("carol")
    bob = chat.connect()
    bob.login("bob", token)
    bob.ask(Confirm, "#lobby", 6, 6)
    (lobby,) = chat.connect().login("bob", token).conversations
    assert lobby.unread == 0


def test_an_amendment_has_receipts_like_a_message(alice: Client, bob: Client) -> None:
    seq = say(alice)
    bob.ask(Confirm, "#lobby", seq)
    edit = alice.ask(Edit, "#lobby", seq, "hi").seq
    alice.events()
    bob.ask(Confirm, "#lobby", edit)
    assert [receipt.delivered for receipt in alice.events()] == [edit]


def test_an_answer_names_its_message_and_a_thread_has_all_answers_with_their_amendments(
    alice: Client, bob: Client
) -> None:
    root = say(alice, "question")
    say(alice, "something else")
    bob.events()
    answer = say(alice, "answer", reply_to=root)
    assert bob.events(Message)[0].reply_to == root
    further = say(bob, "thanks", reply_to=answer)
    edit = bob.ask(Edit, "#lobby", further, "thanks!").seq
    say(bob, "unrelated")
    thread = page(alice, after=None, thread=root)
    assert [entry.seq for entry in thread] == [root, answer, further, edit]
    assert [entry.seq for entry in page(alice, after=None, thread=answer)] == [answer, further, edit]
    reply = alice.ask(History, "#lobby", after=root, thread=root, limit=1)
    assert ([entry.seq for entry in reply.messages], reply.more) == ([answer], True)
    for none in (99, edit):
        assert alice.refused(History, "#lobby", thread=none) is ErrorCode.NO_SUCH_MESSAGE
        assert alice.refused(History, "#lobby", thread=none, after=1) is ErrorCode.NO_SUCH_MESSAGE


def test_others_do_not_wait_for_a_thread(chat: Chat, alice: Client, bob: Client) -> None:
    root = say(alice)
    asked = [alice.put(History, "#lobby", thread=root) for _ in range(64)]
    bob.put(Send, "#lobby", "hello")
    chat.deliver()
    assert [one.text for one in alice.inbox if isinstance(one, Message)] == ["hello"]
    chat.flush()
    codes = [getattr(alice.reply(one), "code", None) for one in asked]
    assert codes == [None] * (MOST_WAITING + 1) + [ErrorCode.TOO_MANY_REQUESTS] * (63 - MOST_WAITING)


def test_others_do_not_wait_for_many_pins(chat: Chat, alice: Client) -> None:
    seqs = [say(alice) for _ in range(21)]
    for seq in seqs[:20]:
        alice.ask(Pin, "#lobby", seq)
    few = alice.put(Pins, "#lobby")
    chat.deliver()
    assert len(alice.reply(few).messages) == 20
    alice.ask(Pin, "#lobby", seqs[20])
    many = alice.put(Pins, "#lobby")
    alice.put(Delete, "#lobby", seqs[0])
    chat.deliver()
    assert not [one for one in alice.inbox if isinstance(one, PinList)]
    chat.flush()
    assert [one.seq for one in alice.reply(many).messages] == seqs[:0:-1]


def test_a_thread_is_as_of_its_head_if_it_was_changed_after_the_request(
    chat: Chat, alice: Client, bob: Client
) -> None:
    root = say(alice, "secret")
    asked = bob.put(History, "#lobby", thread=root)
    alice.put(Delete, "#lobby", root)
    chat.flush()
    page = bob.reply(asked)
    assert (page.head, page.messages[0].text, page.messages[0].deleted) == (root + 1, "", True)


def test_who_is_put_out_of_a_room_gets_no_thread_of_it_any_more(chat: Chat) -> None:
    alice, bob = chat.login("alice", identity=KEYS[0]), chat.login("bob", identity=KEYS[1])
    alice.ask(Join, "#tea")
    bob.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", private=True)
    root = say(alice, to="#tea")
    for _ in range(21):
        alice.ask(Pin, "#tea", say(alice, to="#tea"))
    asked = [bob.put(History, "#tea", thread=root), bob.put(Pins, "#tea")]
    alice.put(Kick, "bob", "#tea")
    chat.flush()
    assert [bob.reply(one).code for one in asked] == [ErrorCode.NO_SUCH_ROOM] * 2


def test_reading_many_reactions_costs_more_than_a_request() -> None:
    chat = Chat(caps=Caps(rate=1.0, burst=100))
    alice = chat.login("alice")
    say(alice)
    (stored,) = chat.store.page("#lobby", 0, 2, 1)
    form = Form(reactions=(Reacting.of("👍", *((user, user + 1) for user in range(1, 100_001))),))
    chat.store.commit([ReplacedMessage(msgspec.structs.replace(stored, form=form))])
    codes = [getattr(alice.ask(History, "#lobby"), "code", None) for _ in range(90)]
    assert 9 <= codes.count(None) < 50
    assert codes[-1] is ErrorCode.TOO_MANY_REQUESTS


@pytest.mark.parametrize("answered", [0, 2, 99])
def test_only_a_message_can_be_answered(alice: Client, answered: int) -> None:
    alice.ask(Edit, "#lobby", say(alice), "hi")
    assert alice.refused(Send, "#lobby", "answer", reply_to=answered) is ErrorCode.NO_SUCH_MESSAGE


def test_who_is_not_in_a_private_room_learns_nothing_of_it(chat: Chat, alice: Client, bob: Client) -> None:
    alice.ask(Join, "#tea")
    bob.ask(Join, "#tea")
    seq = say(alice, to="#tea")
    bob.ask(Leave, "#tea")
    for kind, values in REQUESTS:
        assert bob.refused(kind, "#tea", seq, *values) is ErrorCode.NOT_IN_ROOM
    assert bob.refused(Pins, "#tea") is ErrorCode.NOT_IN_ROOM
    assert bob.refused(History, "#tea", thread=seq) is ErrorCode.NOT_IN_ROOM


def test_an_earlier_client_gets_messages_that_say_in_words_what_was_done(chat: Chat, alice: Client) -> None:
    old = chat.connect()
    old.ask(Login, PROTOCOL, "old")
    seq = say(alice, "helo")
    alice.ask(Edit, "#lobby", seq, "hello")
    alice.ask(React, "#lobby", seq, "👍")
    alice.ask(React, "#lobby", seq, "👍", on=False)
    alice.ask(Pin, "#lobby", seq)
    alice.ask(Pin, "#lobby", seq, on=False)
    alice.ask(Delete, "#lobby", seq)
    live = old.events(Message, Edited, Reacted, Pinned, Deleted)
    assert [message.text for message in live] == [
        "helo",
        "(edited message 1) hello",
        "(👍 to message 1)",
        "(👍 taken back from message 1)",
        "(pinned message 1)",
        "(unpinned message 1)",
        "(deleted message 1)",
    ]
    assert [message.seq for message in live] == list(range(1, 8))
    stored = page(old)
    assert all(isinstance(message, Message) for message in stored)
    assert [message.text for message in stored][:2] == ["(deleted)", "(edited message 1)"]


def test_a_long_edit_is_cut_for_an_earlier_client(chat: Chat, alice: Client) -> None:
    old = chat.connect()
    old.ask(Login, PROTOCOL, "old")
    alice.ask(Edit, "#lobby", say(alice), "x" * MAX_TEXT)
    (told,) = old.events(Message)[1:]
    assert (len(told.text), told.text[-2:]) == (MAX_TEXT, "x…")
    assert page(old)[1].text == told.text


def test_a_refused_login_leaves_the_connection_as_it_was(chat: Chat, alice: Client) -> None:
    other = chat.connect()
    assert other.refused(Login, PROTOCOL, "alice", amendments=True) is ErrorCode.NAME_TAKEN
    assert other.peer.amendments is False
    other.ask(Login, PROTOCOL, "other", amendments=True)
    assert other.peer.amendments is True


def test_everything_is_there_after_a_restart(chat: Chat, alice: Client, bob: Client) -> None:
    seq = say(alice, "helo", id="s")
    alice.ask(Edit, "#lobby", seq, "hello", id="e")
    bob.ask(React, "#lobby", seq, "👍")
    bob.ask(Pin, "#lobby", seq)
    before = page(alice)
    chat.restart()
    alice, bob = chat.login("alice"), chat.login("bob")
    assert page(alice) == before
    assert [message.text for message in bob.ask(Pins, "#lobby").messages] == ["hello"]
    assert alice.ask(Edit, "#lobby", seq, "hello", id="e").seq == 2
    assert chat.core.state.lobby.amended == 4


def test_a_message_may_go_in_the_batch_that_amends_it() -> None:
    chat = Chat(MemoryStore("epoch", capacity=4))
    alice = chat.login("alice")
    seq = say(alice)
    for _ in range(5):
        alice.put(Send, "#lobby", "more")
    react = alice.put(React, "#lobby", seq, "👍")
    chat.flush()
    assert alice.reply(react).seq == seq + 6
    assert alice.refused(React, "#lobby", seq, "👍") is ErrorCode.NO_SUCH_MESSAGE


def test_a_pin_ends_when_the_store_in_memory_drops_the_message() -> None:
    chat = Chat(MemoryStore("epoch", capacity=4))
    alice = chat.login("alice")
    alice.ask(Pin, "#lobby", say(alice))
    for _ in range(5):
        say(alice)
    assert alice.ask(Pins, "#lobby").messages == []
    assert alice.refused(Edit, "#lobby", 1, "x") is ErrorCode.NO_SUCH_MESSAGE
