"""What is typed goes where it was meant to go, under the name it was meant for, or nowhere."""

from __future__ import annotations

import signal

import pytest
from eventually import eventually
from programs import House, Person, Program

SECRET = "the salary list is"


def said(house: House, endpoint: str, room: str = "#lobby") -> list[str]:
    past = house.client(endpoint, "reader", "history", room)
    assert past.wait() == 0
    return [line.split(maxsplit=2)[2] for line in past.out]


def in_secret_room(house: House, endpoint: str) -> tuple[Person, Person]:
    """Have pat open #secretroom and quinn type in it."""
    pat = house.person(endpoint, "--name", "pat")
    pat.sees("as pat.")
    pat.enter("/join secretroom")
    pat.sees("#secretroom>")
    quinn = house.person(endpoint, "--name", "quinn")
    quinn.sees("as quinn.")
    quinn.enter("/join secretroom")
    quinn.sees("#secretroom>")
    quinn.type(SECRET)
    quinn.sees(f"#secretroom> {SECRET}")
    return pat, quinn


@pytest.mark.parametrize("command", ["/kick quinn", "/ban quinn"])
def test_a_draft_of_a_room_from_which_one_is_removed_is_not_sent(house: House, command: str) -> None:
    endpoint = house.endpoint()
    pat, quinn = in_secret_room(house, endpoint)
    pat.enter(command)
    quinn.sees(f"no room> {SECRET}")
    quinn.enter()
    quinn.sees("Not sent: you were removed from #secretroom. /join ROOM chooses a room, Ctrl-U clears the")
    quinn.sees(f"no room> {SECRET}")
    quinn.type("\x15")
    eventually(lambda: quinn.screen[-1] == "no room>", "the line is clear")
    quinn.enter("/join lobby")
    quinn.sees("#lobby>")
    quinn.enter("hello all")
    quinn.sees("quinn: hello all [1: accepted]")
    assert said(house, endpoint) == ["quinn: hello all"]


def test_ctrl_y_brings_the_draft_back_where_the_person_wants_it(house: House) -> None:
    endpoint = house.endpoint()
    pat, quinn = in_secret_room(house, endpoint)
    pat.enter("/kick quinn")
    quinn.sees("no room>")
    quinn.type("\x15/join lobby\r")
    quinn.sees("#lobby>")
    quinn.enter("\x19 public")
    quinn.sees("[1: accepted]")
    assert said(house, endpoint) == [f"quinn: {SECRET} public"]


def test_after_a_refused_join_nothing_is_sent_until_a_room_is_chosen(house: House) -> None:
    endpoint = house.endpoint()
    owner = house.client(endpoint, "owner")
    owner.type("/join #locked\n/private on\n")
    owner.says("is private")
    pat = house.person(endpoint, "--name", "pat")
    pat.sees("as pat.")
    pat.enter("/join team1")
    pat.sees("#team1>")
    pat.type(f"/join locked\r{SECRET}\r/topic gone\r")
    pat.sees("Not sent: /join #locked was refused: /topic gone")
    pat.sees(f"no room> {SECRET}")
    pat.type("\x15/topic later\r")
    pat.sees("/join #locked was refused; name a room, or choose one with /join.")
    pat.enter("/join team1")
    pat.sees("#team1>")
    pat.enter("for the team")
    pat.sees("pat: for the team")
    assert said(house, endpoint, "#team1") == ["pat: for the team"]
    assert said(house, endpoint) == []


def test_a_login_as_another_ends_the_place(house: House) -> None:
    endpoint = house.endpoint()
    ann = house.person(endpoint, "--name", "ann")
    ann.sees("as ann.")
    ann.type(f"/login zed\r{SECRET}\r")
    ann.sees("as zed.")
    ann.sees(f"no room> {SECRET}")
    ann.type("\x15/join lobby\r")
    ann.sees("#lobby>")
    ann.enter("I am zed")
    ann.sees("[1: accepted]")
    assert said(house, endpoint) == ["zed: I am zed"]


def test_what_is_typed_behind_a_refused_name_is_not_said_under_the_old_one(house: House) -> None:
    endpoint = house.endpoint()
    house.client(endpoint, "bob").says("Connected")
    ann = house.person(endpoint, "--name", "ann")
    ann.sees("as ann.")
    ann.type("/nick bob\rI am bob\r")
    ann.sees("Not sent: /nick bob was refused. Enter sends it now, Ctrl-U clears the line.")
    ann.sees("#lobby> I am bob")
    ann.type("\x15but I am ann\r")
    ann.sees("[1: accepted]")
    assert said(house, endpoint) == ["ann: but I am ann"]


def test_a_draft_is_not_taken_as_the_name_that_is_asked_for(house: House) -> None:
    broker, endpoint = house.broker("--memory")
    ann = house.person(endpoint, "--name", "ann")
    ann.sees("as ann.")
    ann.type("hello")
    ann.sees("#lobby> hello")
    ann.child.kill(signal.SIGSTOP)
    broker.process.kill()
    broker.wait()
    _again, _endpoint = house.broker("--memory", bind=endpoint)
    house.client(endpoint, "ann").says("Connected")
    ann.child.kill(signal.SIGCONT)
    ann.sees("Name: hello")
    ann.enter()
    ann.sees("Not taken as the answer, as it was begun before the question.")
    ann.type("\x15carol\r")
    ann.sees("as carol.")
    ann.sees("no room>")
    assert said(house, endpoint) == []


def test_what_waits_for_an_answer_is_shown_as_waiting(house: House) -> None:
    broker, endpoint = house.broker()
    ann = house.person(endpoint, "--name", "ann")
    ann.sees("as ann.")
    broker.process.send_signal(signal.SIGSTOP)
    ann.enter("/join dev")
    ann.enter("for dev")
    ann.sees("Waiting for the broker's answer to /join #dev.")
    ann.sees("Waiting for /join #dev: for dev")
    ann.sees("#lobby (waiting)>")
    broker.process.send_signal(signal.SIGCONT)
    ann.sees("ann: for dev [1: accepted]")
    ann.sees("#dev>")
    assert said(house, endpoint, "#dev") == ["ann: for dev"]


def test_what_is_typed_before_the_first_welcome_is_not_said_under_another_name(house: House) -> None:
    broker, endpoint = house.broker()
    house.client(endpoint, "ann").says("Connected")
    broker.process.send_signal(signal.SIGSTOP)
    second = house.person(endpoint, "--name", "ann", "--timeout", "60")
    second.enter("I am ann")
    second.sees("Waiting for the login: I am ann")
    broker.process.send_signal(signal.SIGCONT)
    second.sees("Not sent: the login was refused: I am ann")
    second.enter("carol")
    second.sees("as carol.")
    second.enter("hello")
    second.sees("[1: accepted]")
    assert said(house, endpoint) == ["carol: hello"]


class TestPipes:
    def run(self, house: House, endpoint: str, name: str, *lines: str) -> Program:
        program = house.client(endpoint, name)
        program.type("".join(f"{line}\n" for line in lines))
        program.end_input()
        program.wait()
        return program

    def test_a_question_that_is_on_its_way_does_not_rename_the_next_user(self, house: House) -> None:
        endpoint = house.endpoint()
        lines = ("/whoami", "/login zed", "/join #lobby", "said as zed", "/nick yan", "/login xia")
        client = self.run(house, endpoint, "ann", *lines, "/join #lobby", "said as xia")
        assert client.process.returncode == 0
        assert said(house, endpoint) == ["zed: said as zed", "xia: said as xia"]

    def test_a_text_behind_a_login_has_no_place(self, house: House) -> None:
        endpoint = house.endpoint()
        client = self.run(house, endpoint, "ann", "/whoami", "/login zed", "said as zed")
        assert client.process.returncode == 6
        assert client.err[-1] == "Not sent: no room was chosen since /login zed: said as zed"
        assert said(house, endpoint) == []

    def test_what_is_behind_a_refused_command_is_refused_until_another_makes_up_for_it(
        self, house: House
    ) -> None:
        endpoint = house.endpoint()
        owner = house.client(endpoint, "owner")
        owner.type("/join #locked\n/private on\n")
        owner.says("is private")
        lines = ["/join #locked", "one", "/msg owner two", "/join #dev", "three", "/nick owner", "four"]
        lines += ["/join #lobby", "five", "/nick ada", "/join #dev", "six"]
        client = self.run(house, endpoint, "ann", *lines)
        assert client.process.returncode == 6
        assert said(house, endpoint) == []
        assert said(house, endpoint, "#dev") == ["ann: three", "ada: six"]
        assert [line for line in client.err if line.startswith("Not sent")] == [
            "Not sent: /join #locked was refused: one",
            "Not sent: /join #locked was refused: /msg owner two",
            "Not sent: /nick owner was refused: four",
            "Not sent: /nick owner was refused: /join #lobby",
            "Not sent: /nick owner was refused: five",
        ]

    def test_a_command_that_fails_in_any_way_refuses_what_is_behind_it(self, house: House) -> None:
        endpoint = house.endpoint()
        house.client(endpoint, "owner").says("Connected")
        for line in ("/join a b", "/join", "/login", "/login 9", "/nick 9", "/leave", "/login owner"):
            client = self.run(house, endpoint, "ann", line, "meant for somewhere else")
            assert client.process.returncode == 6, line
        assert said(house, endpoint) == []

    def test_who_is_remove_says_nothing_more(self, house: House) -> None:
        endpoint = house.endpoint()
        owner = house.client(endpoint, "owner")
        owner.type("/join #dev\n")
        owner.says("#dev: 1 member")
        ann = house.client(endpoint, "ann")
        ann.type("/join #dev\nbefore\n")
        owner.says("ann: before")
        owner.type("/kick ann\n")
        ann.says("removed you from #dev")
        ann.type("behind\n")
        ann.end_input()
        assert ann.wait() == 6
        assert ann.err[-1] == "Not sent: you were removed from #dev: behind"
        assert said(house, endpoint) == []

    def test_what_follows_quit_is_not_said(self, house: House) -> None:
        endpoint = house.endpoint()
        client = self.run(house, endpoint, "ann", "said", "/quit", "not said")
        assert client.process.returncode == 0
        assert said(house, endpoint) == ["ann: said"]
