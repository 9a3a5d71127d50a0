"""Where typed lines go, what they wait for, and what is refused with a command before them."""

from __future__ import annotations

import pytest
from driven import Driven, message, refusal

from client.core.composer import Change, Composer
from client.core.person.queries import DirectQuery
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, Ignoring, System, SystemKind
from messages.identity import Profile, Whois
from messages.replies import AnyReply, Done, OwnProfile, RoomState
from messages.requests import Join, Leave, Login, Logout, Nick, Request, Send


class Typist:
    """A person with a composer, who is logged in as alice and in the lobby."""

    def __init__(self, *, present: bool = True) -> None:
        self.driven = Driven()
        self.composer: Composer[str] = Composer(self.driven.session, present=present)
        self.driven.welcome(self.driven.connect().id)
        self.take()

    def take(self) -> list[bool]:
        return [self.composer.take(event) for event in self.driven.told()]

    def turns(self) -> list[str]:
        """Return the lines whose turn has come."""
        lines = []
        while (line := self.composer.next_line()) is not None:
            lines.append(line)
        return lines

    def enter(self, *lines: str) -> list[str]:
        for line in lines:
            self.composer.enter(line)
        return self.turns()

    def hear(self, *documents: AnyReply | System) -> list[bool]:
        self.driven.hear(*documents)
        return self.take()

    def asked(self, kind: type[Request]) -> Request:
        (request,) = self.driven.asked(kind)
        return request

    def join(self, room: str) -> None:
        self.composer.ask(Join, room=room)
        self.hear(RoomState(self.asked(Join).id, room, "", 1, 0, 0))

    def remove(self, room: str, kind: SystemKind = SystemKind.KICKED) -> None:
        self.hear(System(kind, "alice", "out", room=room))


@pytest.fixture(params=[True, False], ids=["present", "in a pipe"])
def typist(request: pytest.FixtureRequest) -> Typist:
    return Typist(present=request.param)


@pytest.fixture
def person() -> Typist:
    return Typist(present=True)


@pytest.fixture
def pipe() -> Typist:
    return Typist(present=False)


class TestTheOrder:
    def test_lines_have_their_turn_in_the_order_in_which_they_were_typed(self, typist: Typist) -> None:
        assert typist.enter("one", "two") == ["one", "two"]
        assert typist.turns() == []

    def test_what_is_typed_before_the_first_welcome_waits_for_it(self) -> None:
        driven = Driven()
        composer: Composer[str] = Composer(driven.session, present=True)
        composer.enter("hello")
        assert composer.next_line() is None
        driven.welcome(driven.connect().id)
        assert [composer.take(event) for event in driven.told()] == [False]
        assert composer.next_line() == "hello"
        assert composer.place == "#lobby"

    @pytest.mark.parametrize(
        ("kind", "fields", "awaited"),
        [
            (Join, {"room": "#dev"}, "/join #dev"),
            (Leave, {"room": "#dev"}, "/leave #dev"),
            (Nick, {"name": "ada"}, "/nick ada"),
        ],
    )
    def test_what_is_typed_behind_a_barrier_waits_for_its_answer(
        self, typist: Typist, kind: type[Request], fields: dict[str, str], awaited: str
    ) -> None:
        typist.composer.ask(kind, **fields)
        assert typist.enter("one", "two") == []
        assert (typist.composer.awaited, typist.composer.waiting) == (awaited, ["one", "two"])
        typist.hear(Done("another"))
        assert typist.turns() == []
        request = typist.asked(kind)
        answers = {
            Join: RoomState(request.id, "#dev", "", 1, 0, 0),
            Leave: Done(request.id),
            Nick: OwnProfile(request.id, "ada", "127.0.0.1", 0, 1, []),
        }
        assert typist.hear(answers[kind])[-1:] == [False]
        assert typist.turns() == ["one", "two"]
        assert (typist.composer.awaited, typist.composer.waiting) == ("", [])

    def test_a_wrong_field_is_refused_at_once_and_nothing_waits_for_it(self, typist: Typist) -> None:
        with pytest.raises(ValueError, match="begins with a letter"):
            typist.composer.ask(Nick, name="9")
        with pytest.raises(ValueError, match="begins with a letter"):
            typist.composer.log_in("9", typed=True)
        assert not typist.composer.awaits


class TestLoggingInAsAnother:
    def test_it_waits_until_everything_before_it_is_answered(self, typist: Typist) -> None:
        typist.driven.session.send("#lobby", "from alice")
        send = typist.asked(Send)
        typist.composer.log_in("bob", typed=True)
        assert typist.enter("from bob") == []
        assert typist.driven.tick() == []
        typist.hear(refusal(send.id, ErrorCode.NO_SUCH_ROOM))
        assert typist.turns() == []
        typist.driven.done(typist.asked(Logout))
        typist.take()
        login = typist.asked(Login)
        assert isinstance(login, Login)
        assert login.name == "bob"
        typist.driven.welcome(login.id, name="bob")
        assert typist.take() == [False]
        assert typist.turns() == ["from bob"]

    def test_an_answer_to_the_first_user_that_comes_late_does_not_rename_the_next(
        self, typist: Typist
    ) -> None:
        typist.composer.log_in("bob", typed=True)
        typist.turns()
        logout = typist.asked(Logout)
        typist.hear(OwnProfile("asked twice", "alice", "127.0.0.1", 0, 1, []), Done(logout.id))
        login = typist.asked(Login)
        assert isinstance(login, Login)
        assert login.name == "bob"

    def test_it_ends_the_place(self, typist: Typist) -> None:
        mark = typist.composer.mark
        self.log_in(typist)
        assert (typist.composer.place, typist.composer.cause) == (None, "no room was chosen since /login bob")
        assert typist.composer.is_stale(mark)
        assert not typist.composer.refuses(None)

    def log_in(self, typist: Typist) -> None:
        typist.composer.log_in("bob", typed=True)
        typist.turns()
        typist.driven.done(typist.asked(Logout))
        typist.take()
        typist.driven.welcome(typist.asked(Login).id, name="bob")
        assert typist.take() == [False]

    def refuse(self, typist: Typist) -> None:
        typist.composer.log_in("bob", typed=True)
        typist.turns()
        typist.driven.done(typist.asked(Logout))
        typist.take()
        assert typist.hear(refusal(typist.asked(Login).id, ErrorCode.NAME_NOT_YOURS)) == [True]

    def test_a_refused_one_ends_the_place_too_and_refuses_what_is_behind_it(self, typist: Typist) -> None:
        typist.composer.enter("behind")
        self.refuse(typist)
        assert typist.composer.place is None
        assert typist.composer.next_line() == "behind"
        assert typist.composer.refuses(None)
        assert typist.composer.cause == "/login bob was refused"

    def test_nobody_can_be_renamed_then(self, typist: Typist) -> None:
        self.refuse(typist)
        with pytest.raises(ValueError, match="not logged in"):
            typist.composer.ask(Nick, name="ada")

    def test_another_one_makes_up_for_it(self, pipe: Typist) -> None:
        self.refuse(pipe)
        assert pipe.composer.refuses(None)
        pipe.composer.log_in("carol", typed=True)
        pipe.turns()
        pipe.driven.welcome(pipe.asked(Login).id, name="carol")
        pipe.take()
        assert not pipe.composer.refuses(None)
        assert pipe.composer.place is None


class TestRefusedBarriers:
    def refused(self, typist: Typist, kind: type[Request], **fields: str) -> None:
        typist.composer.ask(kind, **fields)
        typist.composer.enter("behind")
        assert typist.hear(refusal(typist.asked(kind).id, ErrorCode.NO_SUCH_ROOM)) == [True]

    def test_a_refused_join_leaves_the_person_nowhere(self, typist: Typist) -> None:
        typist.join("#team")
        mark = typist.composer.mark
        self.refused(typist, Join, room="#vault")
        assert (typist.composer.place, typist.composer.cause) == (None, "/join #vault was refused")
        assert typist.composer.is_stale(mark)

    @pytest.mark.parametrize(
        ("kind", "fields"), [(Join, {"room": "#vault"}), (Leave, {"room": "#team"}), (Nick, {"name": "b"})]
    )
    def test_what_waits_behind_one_is_refused(
        self, typist: Typist, kind: type[Request], fields: dict[str, str]
    ) -> None:
        self.refused(typist, kind, **fields)
        assert typist.composer.next_line() == "behind"
        assert typist.composer.refuses(None)

    @pytest.mark.parametrize(
        ("kind", "fields"), [(Leave, {"room": "#team"}), (Nick, {"name": "b"})], ids=["leave", "nick"]
    )
    def test_what_a_person_types_after_the_refusal_is_new(
        self, person: Typist, kind: type[Request], fields: dict[str, str]
    ) -> None:
        self.refused(person, kind, **fields)
        assert person.turns() == ["behind"]
        assert not person.composer.refuses(None)
        assert person.composer.place == "#lobby"

    def test_in_a_pipe_all_is_refused_until_a_place_is_chosen(self, pipe: Typist) -> None:
        self.refused(pipe, Join, room="#vault")
        assert pipe.turns() == ["behind"]
        assert pipe.composer.refuses(None)
        assert not pipe.composer.refuses(Change.PLACE)
        pipe.join("#dev")
        assert not pipe.composer.refuses(None)
        assert pipe.composer.place == "#dev"

    def test_in_a_pipe_all_is_refused_until_the_name_is_another(self, pipe: Typist) -> None:
        self.refused(pipe, Nick, name="bob")
        assert pipe.turns() == ["behind"]
        assert pipe.composer.refuses(None)
        pipe.composer.ask(Nick, name="ada")
        pipe.hear(OwnProfile(pipe.asked(Nick).id, "ada", "127.0.0.1", 0, 1, []))
        assert not pipe.composer.refuses(None)
        assert pipe.composer.place == "#lobby"

    def test_a_join_under_the_wrong_name_is_refused_with_what_is_behind_it(self, pipe: Typist) -> None:
        self.refused(pipe, Nick, name="bob")
        assert pipe.composer.refuses(Change.PLACE)
        pipe.composer.ask(Nick, name="ada")
        pipe.hear(OwnProfile(pipe.asked(Nick).id, "ada", "127.0.0.1", 0, 1, []))
        assert pipe.composer.refuses(None)
        assert pipe.composer.place is None

    def test_a_draft_that_was_begun_behind_one_is_stale(self, person: Typist) -> None:
        person.composer.ask(Nick, name="bob")
        mark = person.composer.mark
        person.hear(refusal(person.asked(Nick).id, ErrorCode.NAME_TAKEN))
        assert person.composer.is_stale(mark)


class TestPlacesThatEnd:
    @pytest.mark.parametrize("kind", [SystemKind.KICKED, SystemKind.BANNED])
    def test_who_is_remove_is_nowhere_until_a_room_is_joined(self, typist: Typist, kind: SystemKind) -> None:
        typist.join("#secret")
        mark = typist.composer.mark
        typist.remove("#Secret", kind)
        assert (typist.composer.place, typist.composer.cause) == (None, "you were removed from #Secret")
        assert typist.composer.is_stale(mark)
        assert not typist.composer.refuses(None)
        typist.join("#lobby")
        assert typist.composer.place == "#lobby"

    def test_one_who_is_renamed_in_the_same_moment_is_remove_too(self, typist: Typist) -> None:
        typist.join("#secret")
        typist.hear(
            System(SystemKind.KICKED, "alice", "out", room="#secret"),
            System(SystemKind.RENAMED, "alice", "renamed", name="ada"),
        )
        assert typist.composer.place is None

    def test_to_be_remove_of_another_room_changes_nothing(self, typist: Typist) -> None:
        typist.join("#secret")
        mark = typist.composer.mark
        typist.remove("#dev")
        typist.hear(System(SystemKind.KICKED, "bob", "out", room="#secret"))
        assert typist.composer.place == "#secret"
        assert not typist.composer.is_stale(mark)

    def test_who_leaves_the_place_is_nowhere(self, typist: Typist) -> None:
        typist.join("#dev")
        typist.composer.ask(Leave, room="#DEV")
        typist.driven.done(typist.asked(Leave))
        typist.take()
        assert (typist.composer.place, typist.composer.cause) == (None, "you left #dev")

    def test_who_leaves_another_room_stays(self, typist: Typist) -> None:
        typist.join("#dev")
        typist.composer.ask(Leave, room="#games")
        typist.driven.done(typist.asked(Leave))
        typist.take()
        assert typist.composer.place == "#dev"

    def test_a_place_that_cannot_be_entered_again_ends(self, typist: Typist) -> None:
        typist.join("#dev")
        typist.driven.session.disconnected("cut")
        typist.driven.welcome(typist.driven.connect().id, ("#lobby", 0, 0), epoch="other")
        typist.hear(refusal(typist.asked(Join).id, ErrorCode.NO_SUCH_ROOM))
        assert typist.composer.place is None

    def test_a_session_that_ends_ends_the_place(self, typist: Typist) -> None:
        typist.driven.hear(Goodbye(GoodbyeReason.REPLACED, "go"))
        typist.take()
        assert typist.composer.place is None

    def test_a_lost_connection_does_not(self, typist: Typist) -> None:
        typist.join("#dev")
        mark = typist.composer.mark
        typist.driven.session.disconnected("cut")
        typist.driven.welcome(typist.driven.connect().id, ("#dev", 0, 0), resumed=True)
        typist.take()
        assert typist.composer.place == "#dev"
        assert not typist.composer.is_stale(mark)


def test_a_barrier_outlives_a_lost_connection(typist: Typist) -> None:
    typist.composer.ask(Join, room="#dev")
    typist.composer.enter("hello")
    typist.asked(Join)
    typist.driven.session.disconnected("cut")
    typist.driven.welcome(typist.driven.connect().id, resumed=True)
    typist.take()
    assert typist.turns() == []
    typist.hear(RoomState(typist.asked(Join).id, "#dev", "", 1, 0, 0))
    assert typist.turns() == ["hello"]
    assert typist.composer.place == "#dev"


def test_why_there_is_no_place_is_known_after_another_refusal(person: Typist) -> None:
    person.join("#secret")
    person.remove("#secret")
    person.composer.ask(Nick, name="bob")
    person.hear(refusal(person.asked(Nick).id, ErrorCode.NAME_TAKEN))
    assert person.composer.cause == "/nick bob was refused"
    assert person.turns() == []
    assert person.composer.cause == "you were removed from #secret"


def test_a_place_from_which_one_was_removed_while_the_connection_was_lost_has_ended(typist: Typist) -> None:
    typist.join("#tea")
    mark = typist.composer.mark
    typist.driven.session.disconnected("cut")
    typist.take()
    typist.driven.welcome(typist.driven.connect().id, resumed=True)
    typist.take()
    assert typist.composer.place is None
    assert typist.composer.is_stale(mark)
    assert typist.composer.cause == "you are no longer in #tea"


def test_a_place_in_which_one_still_is_when_the_connection_is_back_goes_on(typist: Typist) -> None:
    typist.join("#tea")
    mark = typist.composer.mark
    typist.driven.session.disconnected("cut")
    typist.take()
    rooms = ("#lobby", 0, 0), ("#tea", 0, 0)
    typist.driven.welcome(typist.driven.connect().id, *rooms, resumed=True)
    typist.take()
    assert typist.composer.place == "#tea"
    assert not typist.composer.is_stale(mark)


class TestDirectConversations:
    def profile(self, typist: Typist, name: str = "bob") -> None:
        asked = typist.asked(Whois)
        typist.hear(Profile(asked.id, name, [], online=True, seen=0))

    def open(self, typist: Typist) -> None:
        typist.composer.ask(DirectQuery, name="bob")
        self.profile(typist)

    def test_one_is_in_it_once_the_broker_knows_the_user(self, typist: Typist) -> None:
        typist.composer.ask(DirectQuery, name="BOB")
        assert typist.enter("psst") == []
        assert typist.composer.awaited == "/query BOB"
        self.profile(typist)
        assert typist.turns() == ["psst"]
        assert typist.composer.place == "@bob"
        assert typist.composer.take_entered() == ("@bob", None)

    def test_if_there_is_no_such_user_one_is_nowhere(self, typist: Typist) -> None:
        mark = typist.composer.mark
        typist.composer.ask(DirectQuery, name="bob")
        typist.composer.enter("psst")
        assert typist.hear(refusal(typist.asked(Whois).id, ErrorCode.NO_SUCH_USER)) == [True]
        assert typist.composer.next_line() == "psst"
        assert typist.composer.refuses(None)
        assert (typist.composer.place, typist.composer.is_stale(mark)) == (None, True)

    def test_it_ends_if_the_other_takes_another_name(self, typist: Typist) -> None:
        self.open(typist)
        mark = typist.composer.mark
        typist.hear(System(SystemKind.RENAMED, "carol", "renamed", name="caro"))
        assert typist.composer.place == "@bob"
        typist.hear(System(SystemKind.RENAMED, "bob", "renamed", name="robert"))
        assert typist.composer.place is None
        assert typist.composer.cause == "bob is called robert now; /query robert goes on"
        assert typist.composer.is_stale(mark)

    def test_it_ends_if_an_ignored_user_takes_another_name(self, typist: Typist) -> None:
        self.open(typist)
        typist.hear(Ignoring(["bob"]))
        typist.hear(System(SystemKind.RENAMED, "bob", "renamed", name="robert"))
        assert typist.composer.place is None

    def test_it_ends_if_the_name_has_another_key(self, typist: Typist) -> None:
        typist.hear(message(1, "@bob"))
        self.open(typist)
        mark = typist.composer.mark
        typist.hear(System(SystemKind.NEW_KEY, "bob", "bob has another key"))
        assert typist.composer.place is None
        assert typist.composer.is_stale(mark)
        assert typist.composer.cause == "bob has another key now; /query bob goes on if it is the same person"
        with pytest.raises(ValueError, match="nobody has written"):
            typist.composer.answer_to()

    @pytest.mark.parametrize("known", [True, False])
    def test_it_ends_if_the_other_may_be_another_user_when_the_connection_is_back(
        self, typist: Typist, known: bool
    ) -> None:
        typist.hear(message(1, "@bob"))
        self.open(typist)
        typist.driven.session.disconnected("cut")
        positions = [("#lobby", 0, 0), *([("@bob", 1, 1)] if known else [])]
        typist.driven.welcome(typist.driven.connect().id, *positions)
        typist.take()
        assert typist.composer.place == ("@bob" if known else None)

    def test_it_ends_with_the_log_of_the_broker(self, typist: Typist) -> None:
        self.open(typist)
        typist.driven.session.disconnected("cut")
        typist.driven.welcome(typist.driven.connect().id, epoch="other")
        typist.take()
        assert typist.composer.place is None

    def test_it_can_be_left(self, typist: Typist) -> None:
        assert not typist.composer.leave_direct()
        self.open(typist)
        assert typist.composer.leave_direct()
        assert (typist.composer.place, typist.composer.cause) == (None, "you left the conversation with bob")

    def test_an_answer_goes_to_whoever_has_written_directly(self, typist: Typist) -> None:
        with pytest.raises(ValueError, match="nobody has written to you directly yet"):
            typist.composer.answer_to()
        typist.hear(message(1, "@bob"), message(1, "#lobby", "carol"))
        typist.composer.begun = typist.composer.mark
        assert typist.composer.answer_to() == "bob"
        typist.hear(System(SystemKind.RENAMED, "bob", "renamed", name="robert"))
        assert typist.composer.answer_to() == "robert"

    def test_an_answer_that_was_begun_before_somebody_else_wrote_goes_to_nobody(self, typist: Typist) -> None:
        typist.hear(message(1, "@bob"))
        typist.composer.begun = typist.composer.mark
        typist.hear(message(2, "@bob"))
        assert typist.composer.answer_to() == "bob"
        draft = typist.composer.mark
        typist.hear(message(1, "@carol", "carol"))
        with pytest.raises(ValueError, match="carol wrote to you while you typed"):
            typist.composer.answer_to()
        assert not typist.composer.is_stale(draft), "other texts do not depend on it"

    def test_another_user_of_this_client_answers_nobody(self, typist: Typist) -> None:
        typist.hear(message(1, "@bob"))
        TestLoggingInAsAnother().log_in(typist)
        with pytest.raises(ValueError, match="nobody has written"):
            typist.composer.answer_to()


def test_a_place_counts_as_entered_the_first_time(person: Typist) -> None:
    person.join("#dev")
    assert person.composer.take_entered() == ("#dev", 0)
    person.join("#lobby")
    person.join("#DEV")
    assert person.composer.take_entered() is None
