"""chat-client at a real terminal: a pseudo-terminal whose screen is looked at."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from eventually import eventually
from programs import House

from messages.exits import Exit


def test_two_people_talk(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint)
    alice.sees("Name: ")
    alice.enter("alice")
    alice.sees("as alice.")
    bob = house.person(endpoint, "--name", "bob")
    bob.sees("as bob.")
    alice.sees("bob joined the chat")

    alice.enter("hello bob")
    alice.sees("alice: hello bob [1: accepted]")
    bob.sees("alice: hello bob")
    bob.enter("/msg alice a secret")
    alice.sees("bob (direct): a secret")
    bob.enter("/quit")
    assert bob.wait() == 0
    alice.sees("bob left the chat (logged out)")
    alice.type("\x04")
    assert alice.wait() == 0


def test_what_is_typed_stays_while_messages_come(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.type("half a sent")
    alice.sees("#lobby> half a sent")
    assert house.client(endpoint, "ci", "send", "#lobby", "an interruption").wait() == 0
    alice.sees("ci: an interruption")
    assert alice.screen[-1] == "#lobby> half a sent"
    alice.enter("ence")
    alice.sees("alice: half a sentence [2: accepted]")


def test_commands_answer_and_typing_errors_are_not_sent(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    for typed, seen in {
        "/helpp": "did you mean /help?",
        "/join dev": "#dev: 1 member",
        "/search a*": "Give two letters at least before a *.",
        "/help nope": "There is no command /nope; /help lists them.",
        "/topic what we build": "topic: what we build",
        "/notify all": "#dev: every message rings.",
        "/highlight deploy": "Your keywords: deploy.",
        "/quiet weekdays 10pm-7 europe/berlin": "Quiet hours: mon-fri 22:00-07:00 (Europe/Berlin).",
        "/quiet mon noon": "Noon is neither a day, a time nor a time zone",
        "cmd!participants_count": "1 user online",
        "cmd!current_time": "The broker's time is",
        "cmd!start_game:rock": "You show rock, the broker",
        "/userlist": "1 user online",
        "/whoami": "You are alice",
        "/debug": "The broker has printed its connections",
        "//slash": "alice: /slash [1: accepted]",
        "/nick alicia": "You are alicia",
        "/2": "To say the word help or quit, type a space before it.",
        "help": "/help lists the commands. To say help, type a space before it.",
    }.items():
        alice.enter(typed)
        alice.sees(seen)
    alice.enter("/message")
    alice.sees("Recipient: ")
    alice.enter("nobody")
    alice.sees("Text: ")
    alice.enter("hello")
    alice.sees("not sent: no user has this name")
    alice.enter("cmd!client_exit")
    assert alice.wait() == 0


def test_a_name_in_use_is_asked_for_again(house: House) -> None:
    endpoint = house.endpoint()
    house.client(endpoint, "alice").says("Connected")
    person = house.person(endpoint, "--name", "alice")
    person.sees("this name is in use")
    person.sees("Name: ")
    person.enter("9lives")
    person.sees("Not valid: ")
    person.enter("carol")
    person.sees("as carol.")


def test_a_lost_broker_is_shown_and_what_was_typed_meanwhile_is_sent_once(house: House) -> None:
    broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    broker.process.kill()
    broker.wait()
    alice.sees("Lost the broker")
    alice.enter("typed while nobody listened")
    alice.sees("Kept; it will be sent when the broker is back.")
    house.broker(bind=endpoint)
    alice.sees("The connection is back.")
    alice.sees("alice: typed while nobody listened")
    alice.sees("[1: accepted]")
    history = house.client(endpoint, "reader", "history", "#lobby")
    assert history.wait() == 0
    assert [line[6:] for line in history.out] == ["#lobby alice: typed while nobody listened"]


def test_what_is_typed_to_a_frozen_broker_is_seen_at_once(house: House) -> None:
    broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    broker.process.send_signal(signal.SIGSTOP)
    alice.enter("are you there?")
    alice.sees("alice: are you there? [sending]")
    broker.process.send_signal(signal.SIGCONT)
    assert alice.sees("[1: accepted] are you there?")[6:] == "[1: accepted] are you there?"


def test_a_killed_client_can_come_back_at_once_under_its_name(house: House) -> None:
    endpoint = house.endpoint()
    first = house.client(endpoint, "alice")
    first.says("Connected")
    first.process.kill()
    first.wait()
    again = house.person(endpoint, "--name", "alice")
    again.sees("as alice.")


def test_nothing_a_peer_sends_moves_the_cursor_or_sets_colours(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    sender = house.client(endpoint, "mallory", "send", "#lobby", "-", "--no-strip")
    sender.type("safe \u202egnihton\u2066\n")
    sender.type("\x1b[2J\x1b]0;owned\x07\n")
    sender.end_input()
    assert sender.wait() == 6
    assert "control characters" in sender.err[0]
    alice.sees("mallory: safe \\u202egnihton\\u2066")


def test_ctrl_c_clears_the_line_and_a_second_one_leaves(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.type("not this")
    alice.sees("not this")
    alice.type("\x03")
    alice.type("\x03")
    assert alice.wait() == 130


def test_ctrl_c_on_an_empty_line_leaves_only_when_it_is_repeated(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.type("\x03")
    alice.sees("Press Ctrl-C again to leave")
    alice.enter("still here")
    alice.sees("alice: still here [1: accepted]")
    alice.type("\x03\x03")
    assert alice.wait() == 130


def test_ctrl_c_cancels_a_question(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("/message")
    alice.sees("Recipient: ")
    alice.enter("bob")
    alice.sees("Text: ")
    alice.type("\x03")
    alice.sees("#lobby>")
    alice.enter("hello all")
    alice.sees("alice: hello all [1: accepted]")


def test_what_was_missed_is_what_others_said(house: House) -> None:
    endpoint = house.endpoint()
    assert house.client(endpoint, "alice", "who").wait() == 0
    for name in ("alice", "bob"):
        assert house.client(endpoint, name, "send", "#lobby", f"from {name}'s cron").wait() == 0
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("bob: from bob's cron")
    assert not any("alice: " in line for line in alice.screen)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_the_client_leave_in_order(house: House, number: signal.Signals) -> None:
    broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.child.kill(number)
    assert alice.wait() == 0
    broker.says("alice left (logged out)")


def test_a_dumb_terminal_gets_plain_lines(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, term="dumb")
    alice.sees("Name: ")
    alice.enter("alice")
    alice.sees("as alice.")
    alice.enter("hello")
    alice.sees("[1: accepted]")
    alice.type("\x04")
    assert alice.wait() == 0


def test_tab_completes_commands_names_and_rooms(house: House) -> None:
    endpoint = house.endpoint()
    house.client(endpoint, "barbara").says("Connected")
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    assert house.client(endpoint, "benedict", "send", "#design", "hi").wait() == 0
    assert house.client(endpoint, "benedict", "send", "#lobby", "hi").wait() == 0
    alice.sees("benedict: hi")
    alice.type("bene\t")
    alice.sees("#lobby> @benedict:")
    alice.enter("hello")
    alice.sees("alice: @benedict: hello [2: accepted]")
    alice.type("/who\t\t")
    alice.sees("#lobby> /who")
    alice.type("\x15see #lo\tthere")
    alice.sees("#lobby> see #lobbythere")
    alice.type("\x15/join des")
    eventually(lambda: alice.type("\t") or "#lobby> /join #design" in alice.screen, "the room is completed")


def test_one_can_become_another_user_and_the_screen_can_be_cleared(house: House) -> None:
    broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("/login carol")
    alice.sees("as carol.")
    broker.says("alice left (logged out)")
    alice.enter("/login 9")
    alice.sees("A name begins with a letter")
    alice.enter("/clear")
    eventually(lambda: alice.screen == ["no room>"], "the screen is clear")


def test_what_waits_while_one_is_away_is_shown_at_the_next_login(house: House) -> None:
    endpoint = house.endpoint()
    assert house.client(endpoint, "bob", "who").wait() == 0
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("/msg bob for later")
    alice.sees("alice (direct to bob): for later [@bob 1: accepted, waits for bob]")
    bob = house.person(endpoint, "--name", "bob")
    bob.sees("Unread: @alice 1.")
    bob.sees("alice (direct): for later")
    alice.sees("[@bob 1: delivered]")


def test_who_leaves_a_room_is_in_none_until_another_is_chosen(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("/join dev")
    alice.sees("#dev>")
    alice.enter("/part")
    alice.sees("You left #dev.")
    alice.sees("no room>")
    alice.enter("/join lobby")
    alice.sees("#lobby>")
    alice.enter("/leave")
    alice.sees("Refused: the lobby cannot be left; log out instead.")


def test_a_key_proves_that_a_person_has_read_what_was_shown_before_it(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    bob = house.person(endpoint, "--name", "bob")
    bob.sees("as bob.")
    alice.enter("/receipts on")
    alice.sees("You are told of each receipt.")
    alice.enter("/msg bob hello")
    bob.sees("alice (direct): hello")
    alice.sees("[@bob 1: delivered]")
    bob.type("x")
    alice.sees("[@bob 1: read]")


def test_who_turned_it_off_is_not_told_of_as_a_reader(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    bob = house.person(endpoint, "--name", "bob")
    bob.sees("as bob.")
    bob.enter("/readreceipts off")
    bob.sees("Others are not told what you have read.")
    alice.enter("/receipts on")
    alice.sees("You are told of each receipt.")
    alice.enter("hello")
    bob.sees("alice: hello")
    alice.sees("[1: delivered to 1 of 1]")
    bob.enter("good morning")
    alice.sees("bob: good morning")
    alice.enter("/receipts")
    alice.sees("#lobby 1: delivered to 1 of 1; got by bob: hello")


def test_what_was_sent_before_a_restart_is_told_as_delivered_at_the_next_login(house: House) -> None:
    endpoint = house.endpoint()
    assert house.client(endpoint, "bob", "who").wait() == 0
    first = house.client(endpoint, "alice")
    first.type("/msg bob hello\n")
    first.says("waits for bob]")
    first.end_input()
    assert first.wait() == 0
    bob = house.person(endpoint, "--name", "bob")
    bob.sees("alice (direct): hello")
    bob.enter("/quit")
    assert bob.wait() == 0
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("bob has")


def test_search_and_history_since_answer(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("the disk is full")
    alice.sees("[1: accepted]")
    for typed, seen in {
        "/search disk": "#lobby 1 alice: the disk is full",
        "/search nonsense": "Nothing was found.",
        "/history since 1h": "#lobby 1 alice: the disk is full",
        "/history since soon": "Soon is not a time",
    }.items():
        alice.enter("/clear")
        alice.enter(typed)
        alice.sees(seen)


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_a_password_is_typed_twice_and_never_shown_nor_kept(
    house: House, short_path: Path, term: str
) -> None:
    _broker, endpoint = house.broker(bind=f"ipc://{short_path}/door")
    alice = house.person(endpoint, "--name", "alice", term=term)
    alice.sees("as alice.")
    for password, answer in (
        ("owl", "Not valid: a password has 8"),
        ("correct owl", "Your password is set."),
    ):
        alice.enter("/password")
        alice.sees("Password (not shown):")
        alice.enter(password)
        alice.sees("Repeat it:")
        alice.enter(password)
        alice.sees(answer)
    if term != "dumb":
        alice.type("\x1b[A")
        alice.sees("#lobby> /password")
        alice.type("\x03")
    alice.enter("/quit")
    assert alice.wait() == Exit.DONE
    assert "owl" not in alice.heard


def test_a_password_is_not_asked_for_if_others_can_read_the_connection(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("/password")
    alice.sees("This connection has no key of yours; connect encrypted, and log in there.")
    alice.enter("correct owl")
    alice.sees("alice: correct owl [1: accepted]")


def test_a_refused_login_is_told_once(house: House) -> None:
    _broker, endpoint = house.broker("--access", "invited")
    client = house.client(endpoint, "alice")
    assert client.wait() == Exit.REFUSED
    told = [line for line in [*client.out, *client.err] if "this chat is not open to everyone" in line]
    assert len(told) == 1


def test_a_person_talks_to_one_user_only(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    bob = house.person(endpoint, "--name", "bob")
    bob.sees("as bob.")
    alice.enter("/query bob")
    alice.sees("@bob>")
    alice.enter("psst")
    alice.sees("alice: psst [1: accepted]")
    bob.sees("alice (direct): psst")
    bob.enter("/query alice")
    bob.sees("@alice>")
    bob.enter("what is it?")
    bob.sees("bob: what is it? [2: accepted]")
    assert not any("The last message" in line for line in bob.screen), "it is on the screen already"
    bob.enter("/r what?")
    alice.sees("bob: what?")
    alice.enter("/leave")
    alice.sees("no room>")
    alice.enter("/join @bob")
    alice.sees("@bob>")
    bob.enter("/nick robert")
    alice.sees("no room>")


def test_the_window_s_title_counts_what_waits_until_a_key_is_pressed(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    assert house.client(endpoint, "ci", "send", "@alice", "the build fails").wait() == 0
    alice.sees("ci (direct): the build fails")
    eventually(lambda: alice.title == "(1) chat", "one message waits")
    alice.type("x")
    eventually(lambda: alice.title == "chat", "nothing waits")


def test_a_question_to_a_frozen_broker_is_shown_as_waiting(house: House) -> None:
    broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    broker.process.send_signal(signal.SIGSTOP)
    alice.enter("/who")
    alice.sees("Waiting for the broker's answer to /who.")
    broker.process.send_signal(signal.SIGCONT)
    alice.sees("1 user online:")


def test_who_enters_a_room_sees_its_last_messages(house: House) -> None:
    endpoint = house.endpoint()
    for number in range(7):
        assert house.client(endpoint, "ci", "send", "#dev", f"build {number}").wait() == 0
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.enter("/join dev")
    alice.sees("The last 5 messages of #dev until now:")
    alice.sees("ci: build 6")
    assert not any("build 1" in line for line in alice.screen)
    assert any("build 2" in line for line in alice.screen)


def test_without_a_broker_it_is_said_at_once_what_is_tried_and_soon_what_is_wrong(house: House) -> None:
    person = house.person("tcp://127.0.0.1:1", "--name", "alice", "--timeout", "60")
    person.sees("Connecting to tcp://127.0.0.1:1…")
    person.sees("Unable to connect to tcp://127.0.0.1:1: connection refused, no broker listens there.")
    person.type("\x03\x03")
    assert person.wait() == 130


def test_what_was_typed_is_there_at_the_next_start(house: House) -> None:
    endpoint = house.endpoint()
    for typed in ("hello all\r/login bob\r", "\x1b[A"):
        alice = house.person(endpoint, "--name", "alice")
        alice.sees("as alice.")
        alice.type(typed)
        alice.sees("as bob." if "login" in typed else "#lobby> hello all")
        alice.type("\x15\x04")
        assert alice.wait() == 0


def test_what_was_said_is_corrected_and_answered_in_short_and_markup_is_shown(house: House) -> None:
    _broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    assert house.client(endpoint, "ci", "send", "#lobby", "**done** (edited)").wait() == 0
    alice.sees("ci: **done** (edited)")
    (row,) = [row for row in alice.cells if "**done**" in "".join(cell.data for cell in row)]
    assert "".join(cell.data for cell in row if cell.bold) == "done"
    alice.enter("+:tad\t")
    alice.sees("* alice: 🎉 to 1 (**done** (edited))")
    alice.enter("/reply teh end")
    alice.sees("alice (answers 1): teh end [3: accepted]")
    alice.enter("s/teh/the/")
    alice.sees("* alice: edited 3: the end")
    alice.enter("s/nothing/x/")
    alice.sees(
        "Your last message here does not contain nothing; to say the line itself, type a space before it."
    )
    alice.enter(" s/sent/as it is/")
    alice.sees("alice:  s/sent/as it is/ [5: accepted]")
