"""Who counts as a recipient of messages to a room, and that absent members get them all the same."""

import pytest
from wired import Chat, Client

from broker.core.delivery.recipients import ABSENT_DAYS
from messages.events import Message, Receipt
from messages.requests import Confirm, History, Join, Login, Logout, Send

DAY = 86_400_000


@pytest.fixture
def chat() -> Chat:
    return Chat()


def script(chat: Chat, name: str = "cron") -> Client:
    client = chat.connect()
    client.ask(Login, 1, name, unannounced=True)
    return client


def wait_days(chat: Chat, days: int) -> None:
    """Let days pass while the broker is stopped."""
    chat.now = chat.now._replace(at=chat.now.at + days * DAY, elapsed=chat.now.elapsed + days * 86_400)
    chat.restart()


def said(client: Client, to: str = "#lobby") -> int:
    """Say something, and return how many it is for."""
    count = client.ask(Send, to, "hello").recipients
    assert isinstance(count, int)
    return count


class TestScripts:
    def test_a_name_of_which_all_sessions_were_unannounced_does_not_count(self, chat: Chat) -> None:
        alice, _bob = chat.users("alice", "bob")
        cron = script(chat)
        assert said(alice) == 1
        assert said(cron) == 2
        cron.ask(Logout)
        assert said(alice) == 1

    def test_it_is_so_after_a_restart(self, chat: Chat) -> None:
        script(chat).ask(Logout)
        chat.restart()
        alice, _bob = chat.users("alice", "bob")
        assert said(alice) == 1

    def test_a_person_of_that_name_counts(self, chat: Chat) -> None:
        alice, _bob = chat.users("alice", "bob")
        script(chat).ask(Logout)
        cron = chat.login("cron")
        assert said(alice) == 2
        cron.ask(Logout)
        assert said(alice) == 2

    def test_a_person_who_also_runs_scripts_counts(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        assert said(alice) == 1
        bob.ask(Confirm, "#lobby", 1)
        bob.ask(Logout)
        script(chat, "bob").ask(Logout)
        assert said(alice) == 1

    def test_a_direct_message_to_one_is_for_one(self, chat: Chat) -> None:
        (alice,) = chat.users("alice")
        script(chat).ask(Logout)
        reply = alice.ask(Send, "@cron", "hello")
        assert (reply.recipients, reply.recipient_offline) == (1, True)

    def test_a_room_that_one_joins_does_not_wait_for_it(self, chat: Chat) -> None:
        alice, cron = chat.login("alice"), script(chat)
        for client in (alice, cron):
            client.ask(Join, "#ci")
        assert said(alice, "#ci") == 0

    @pytest.mark.parametrize("named", [50, 1], ids=["named", "counted"])
    def test_no_receipt_counts_one_that_reads(self, named: int) -> None:
        chat = Chat(named_receipts=named)
        alice, cron = chat.login("alice"), script(chat)
        said(alice)
        alice.events()
        cron.ask(Confirm, "#lobby", 1)
        chat.forward(1)
        assert alice.events(Receipt) == []


class TestAbsence:
    def test_a_user_who_was_not_here_for_long_does_not_count(self) -> None:
        chat = Chat(trust_clock=True)
        chat.login("bob").ask(Logout)
        wait_days(chat, ABSENT_DAYS - 1)
        assert said(chat.login("alice")) == 1
        wait_days(chat, 2)
        assert said(chat.login("alice")) == 0

    def test_it_is_noticed_while_the_broker_runs(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        bob.ask(Logout)
        bob_user = chat.core.state.users["bob"]
        bob_user.seen -= ABSENT_DAYS * DAY
        assert said(alice) == 1
        chat.now = chat.now._replace(at=chat.now.at + 3_601_000, elapsed=chat.now.elapsed + 3_601)
        for client in (alice,):
            client.peer.heard = chat.now.elapsed
        chat.tick()
        assert said(alice) == 0

    def test_a_user_who_is_connected_counts_however_long(self, chat: Chat) -> None:
        alice, _bob = chat.users("alice", "bob")
        chat.core.state.users["bob"].seen -= 2 * ABSENT_DAYS * DAY
        chat.now = chat.now._replace(at=chat.now.at + 3_601_000, elapsed=chat.now.elapsed + 3_601)
        for peer in chat.core.peers:
            peer.heard = chat.now.elapsed
        chat.tick()
        assert said(alice) == 1

    def test_an_absent_user_misses_nothing(self, chat: Chat) -> None:
        chat.login("bob").ask(Logout)
        wait_days(chat, ABSENT_DAYS + 1)
        alice = chat.login("alice")
        assert said(alice) == 0
        bob = chat.connect()
        (position,) = bob.login("bob").conversations
        assert (position.head, position.delivered, position.unread) == (1, 0, 1)
        assert [one.text for one in bob.ask(History, "#lobby", after=0).messages] == ["hello"]
        assert said(alice) == 1
        assert [event.seq for event in bob.events(Message)] == [2]

    @pytest.mark.parametrize("named", [50, 1], ids=["named", "counted"])
    def test_receipts_never_count_one_whom_the_message_did_not_count(self, named: int) -> None:
        """Else bob and carol would be two of two, while dave has not got it."""
        chat = Chat(named_receipts=named)
        chat.login("bob").ask(Logout)
        wait_days(chat, ABSENT_DAYS + 1)
        alice, carol, _dave = chat.users("alice", "carol", "dave")
        assert said(alice) == 2
        bob = chat.login("bob")
        carol.ask(Confirm, "#lobby", 1)
        bob.ask(Confirm, "#lobby", 1)
        chat.forward(1)
        receipts = alice.events(Receipt)
        reached = [one.count or (one.user, one.after) for one in receipts]
        assert reached == ([("carol", 0), ("bob", 1)] if named == 50 else [1])
        assert said(alice) == 3
        bob.ask(Confirm, "#lobby", 2)
        chat.forward(1)
        last = alice.events(Receipt)[-1]
        assert (last.delivered, last.count or last.user) == (2, "bob" if named == 50 else 1)
