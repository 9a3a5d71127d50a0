from typing import get_args, get_type_hints

import msgspec
import pytest
from minimal_requests import MINIMAL

from messages.codec import decode_request, encode
from messages.errors import ErrorCode, ProtocolError
from messages.fields import ShortText, Text
from messages.game import Hand
from messages.limits import MAX_SEQ
from messages.requests import (
    AnyRequest,
    Away,
    Confirm,
    History,
    Join,
    Login,
    Nick,
    Play,
    Request,
    Search,
    Send,
    Topic,
    Who,
)

OPTIONAL = [
    *(("login", field) for field in ("session", "link", "invite", "password", "address")),
    ("password", "password"),
    ("confirm", "read"),
    ("topic", "topic"),
    ("who", "room"),
    ("count", "room"),
    ("away", "text"),
    ("play", "opponent"),
    ("history", "after"),
    ("history", "before"),
    ("history", "since"),
    *(("search", field) for field in ("conversation", "sender", "since", "until", "page")),
    ("room-rules", "private"),
    ("room-rules", "topic_locked"),
    ("set-role", "room"),
    ("kick", "room"),
    ("ban", "room"),
    ("ban", "seconds"),
    ("unban", "room"),
    ("bans", "room"),
    ("mute", "seconds"),
    ("audit", "before"),
]
ONE_OF = {("ban", "name"), ("unban", "name")}
"""Fields that can be given in several ways."""
REQUIRED = [
    (kind, field)
    for kind, fields in MINIMAL.items()
    for field in ("id", *fields)
    if (kind, field) not in ONE_OF
]


def line(kind: str, **fields: object) -> bytes:
    """Return the minimal request of a type as JSON, with other or further fields."""
    return msgspec.json.encode({"type": kind, "id": "1", **MINIMAL[kind], **fields})


def complaint(kind: str, **fields: object) -> str:
    """Return why such a request is no valid one."""
    with pytest.raises(ProtocolError) as caught:
        decode_request(line(kind, **fields))
    assert caught.value.code == ErrorCode.INVALID
    return caught.value.text


@pytest.mark.parametrize("kind", MINIMAL)
class TestEveryRequest:
    def test_is_complete_with_its_required_fields(self, kind: str) -> None:
        request = decode_request(line(kind))
        assert isinstance(request, Request)
        assert request.__struct_config__.tag == kind
        assert request.id == "1"

    def test_ignores_fields_that_it_does_not_know(self, kind: str) -> None:
        assert decode_request(line(kind, colour="red", nested={"id": "2"})) == decode_request(line(kind))

    def test_refuses_an_id_that_is_none(self, kind: str) -> None:
        for value in ("", "a b", "x" * 65, "é", "1\n"):
            assert complaint(kind, id=value) == "`id` must be 1 to 64 visible ASCII characters"

    def test_cannot_be_changed_once_made(self, kind: str) -> None:
        with pytest.raises(AttributeError):
            decode_request(line(kind)).id = "2"

    def test_has_a_docstring_to_be_published(self, kind: str) -> None:
        assert type(decode_request(line(kind))).__doc__


@pytest.mark.parametrize(("kind", "field"), REQUIRED)
class TestEveryRequiredField:
    def test_is_named_when_it_is_missing(self, kind: str, field: str) -> None:
        document = msgspec.json.decode(line(kind))
        del document[field]
        with pytest.raises(ProtocolError, match=f"`{field}`") as caught:
            decode_request(msgspec.json.encode(document))
        assert caught.value.code == ErrorCode.INVALID

    def test_is_named_when_it_holds_something_else(self, kind: str, field: str) -> None:
        for value in ([], {}, None, 7 if field == "on" else True, 1.5):
            assert f"`{field}`: write " in complaint(kind, **{field: value})


@pytest.mark.parametrize(("kind", "field"), OPTIONAL)
class TestEveryOptionalField:
    def test_may_be_null_which_is_as_if_it_were_absent(self, kind: str, field: str) -> None:
        assert decode_request(line(kind, **{field: None})) == decode_request(line(kind))

    def test_is_left_out_by_whoever_has_nothing_to_say_in_it(self, kind: str, field: str) -> None:
        assert field.encode() not in encode(decode_request(line(kind, **{field: None}))).replace(
            kind.encode(), b""
        )

    def test_is_named_when_it_holds_something_else(self, kind: str, field: str) -> None:
        assert f"`{field}`: write " in complaint(kind, **{field: []})


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        (
            "login",
            "name",
            ["", "x" * 33, "1alice", "al ice", "@alice", "😀", "alice\x1b", "alice\u202e", "alice\n"],
        ),
        (
            "nick",
            "name",
            ["", "x" * 33, "1alice", "al ice", "@alice", "😀", "alice\x1b", "alice\u202e", "alice~2"],
        ),
        ("play", "opponent", ["", "@bob", "bob~0", "bob~", "bob\n"]),
        ("join", "room", ["", "#", "lobby", "@alice", "#lob by", "#lobby\n", "#" + "x" * 65]),
        ("leave", "room", ["", "#", "lobby", "@alice", "#lob by", "#lobby\n"]),
        ("topic", "room", ["", "#", "lobby", "@alice"]),
        ("who", "room", ["", "#", "lobby", "@alice"]),
        ("count", "room", ["", "#", "lobby", "@alice"]),
        ("send", "to", ["", "lobby", "#", "@", "@1", "#lobby\n"]),
        ("confirm", "conversation", ["", "lobby", "#", "@"]),
        ("history", "conversation", ["", "lobby", "#", "@"]),
        ("search", "conversation", ["", "lobby", "#", "@"]),
        ("search", "sender", ["", "@bob", "bob~0", "bob\n"]),
        ("search", "page", ["é", "x" * 201, "a\n"]),
        ("search", "words", ["", "  ", "x" * 301, "two\nlines", "\x1b"]),
        ("send", "text", ["", "  ", "\u3000", "x" * 4001, "\0", "a\x1bb", "a\x9bb", "a\rb"]),
        ("topic", "topic", ["x" * 301, "two\nlines", "a\tb", "\x1b"]),
        ("login", "address", ["", "inproc", "user 0", "localhost", "10.0.0.0/8", "fe80::1%\x1b", "1" * 201]),
        ("away", "text", ["x" * 301, "two\nlines", "a\tb", "\x1b"]),
    ],
)
def test_a_name_or_text_that_is_none_is_refused_by_the_field_it_stands_in(
    kind: str, field: str, values: list[str]
) -> None:
    for value in values:
        assert complaint(kind, **{field: value}).startswith(f"`{field}`: ")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("confirm", "seq"),
        ("history", "after"),
        ("history", "before"),
        ("history", "since"),
        ("search", "since"),
        ("search", "until"),
        ("login", "protocol"),
    ],
)
def test_a_number_is_a_whole_one_from_0_to_what_every_json_reader_holds_exactly(
    kind: str, field: str
) -> None:
    for value in (0, MAX_SEQ):
        assert getattr(decode_request(line(kind, **{field: value})), field) == value
    for value in (-1, MAX_SEQ + 1, 10**30, "7", 7.5):
        assert f"`{field}`: write " in complaint(kind, **{field: value})


class TestLogin:
    def test_a_number_after_the_name_is_for_those_who_take_up_a_session(self) -> None:
        assert decode_request(line("login", name="alice~2", session="secret")).name == "alice~2"
        assert (
            complaint("login", name="alice~2") == "`name`: a name has visible letters, digits, _ and - only"
        )
        assert complaint("login", name="alice~2", session="").startswith("`name`: ")

    def test_the_name_is_checked_when_a_session_is_taken_up_too(self) -> None:
        assert complaint("login", name="al ice", session="secret").startswith("`name`: ")


class TestHistory:
    def test_a_page_has_50_messages_unless_another_number_is_asked_for(self) -> None:
        assert decode_request(line("history")).limit == 50

    @pytest.mark.parametrize("limit", [1, 100])
    def test_a_page_may_have_1_to_100_messages(self, limit: int) -> None:
        assert decode_request(line("history", limit=limit)).limit == limit

    @pytest.mark.parametrize("limit", [0, -1, 101, 10**30, None])
    def test_a_page_of_any_other_number_is_refused(self, limit: object) -> None:
        assert complaint("history", limit=limit) == "`limit`: write a whole number from 1 to 100"

    @pytest.mark.parametrize(
        "asked", [{"after": 1, "before": 9}, {"after": 1, "since": 9}, {"before": 1, "since": 9}]
    )
    def test_what_comes_after_what_before_and_what_since_are_three_questions(
        self, asked: dict[str, int]
    ) -> None:
        assert complaint("history", **asked) == "`after`, `before` and `since`: give one of them"


class TestConfirm:
    @pytest.mark.parametrize("read", [0, 6, 7])
    def test_what_was_read_is_at_most_what_has_arrived(self, read: int) -> None:
        assert decode_request(line("confirm", read=read)).read == read
        assert complaint("confirm", read=8) == "`read`: what was read has arrived, so it is not above `seq`"

    @pytest.mark.parametrize("read", [-1, "7", 7.5])
    def test_what_was_read_is_a_whole_number(self, read: object) -> None:
        assert complaint("confirm", read=read).startswith("`read`: write a whole number from 0 to ")


class TestSearch:
    def test_a_sender_will_do_without_words(self) -> None:
        assert decode_request(line("search", words="", sender="bob")).sender == "bob"
        assert complaint("search", words=" ") == "`words`: give a word to look for, or a sender"

    @pytest.mark.parametrize("words", ["a*", "*", "lunch é*"])
    def test_a_beginning_that_nearly_all_words_have_is_none(self, words: str) -> None:
        assert complaint("search", words=words) == "`words`: give two letters at least before a *"
        assert decode_request(line("search", words="lunch én*"))

    @pytest.mark.parametrize("limit", [0, 101, None])
    def test_a_reply_has_1_to_100_messages(self, limit: object) -> None:
        assert decode_request(line("search", limit=100)).limit == 100
        assert complaint("search", limit=limit) == "`limit`: write a whole number from 1 to 100"


class TestPlay:
    def test_a_hand_that_does_not_exist_is_refused_by_name(self) -> None:
        assert complaint("play", hand="well") == "`hand`: write rock, paper or scissors"

    def test_the_field_is_named_even_when_its_value_is_long(self) -> None:
        assert complaint("play", hand="x" * 60_000) == "`hand`: write rock, paper or scissors"


@pytest.mark.parametrize("text", ["", " "])
def test_a_topic_and_an_away_text_may_be_empty(text: str) -> None:
    assert decode_request(line("topic", topic=text)).topic == text
    assert decode_request(line("away", text=text)).text == text


@pytest.mark.parametrize(
    "build",
    [
        lambda: Join("", "#lobby"),
        lambda: Login("1", 1, "1alice"),
        lambda: Send("1", "lobby", "hello"),
        lambda: Send("1", "#lobby", "caf\udce9"),
        lambda: Confirm("1", "lobby", 1),
        lambda: Topic("1", "#lobby", "two\nlines"),
        lambda: Nick("1", "alice~2"),
        lambda: Who("1", "lobby"),
        lambda: Away("1", "\x1b[2J"),
        lambda: Play("1", Hand.ROCK, "@bob"),
        lambda: History("1", "#lobby", after=1, before=2),
        lambda: Confirm("1", "#lobby", 1, read=2),
        lambda: Search("1", ""),
    ],
)
def test_a_program_cannot_build_a_request_that_a_broker_would_refuse(build: type[Request]) -> None:
    with pytest.raises(ValueError, match="`"):
        build()


def test_a_request_is_as_short_on_the_wire_as_it_can_be() -> None:
    assert encode(History("1", "#lobby", after=7)) == (
        b'{"type":"history","id":"1","conversation":"#lobby","after":7}'
    )


@pytest.mark.parametrize("kind", AnyRequest.__args__)
def test_no_text_that_a_request_sets_stacks_marks_on_a_letter(kind: type[Request]) -> None:
    tag = str(kind.__struct_config__.tag)
    for name, hint in get_type_hints(kind, include_extras=True).items():
        texts = {Text, ShortText} & {hint, *get_args(hint)}
        if texts:
            kind("1", **{**MINIMAL[tag], name: "e" + "\u0301" * 12})
            with pytest.raises(ValueError, match=f"`{name}`: a letter has at most 12 marks"):
                kind("1", **{**MINIMAL[tag], name: "e" + "\u0301" * 13})
