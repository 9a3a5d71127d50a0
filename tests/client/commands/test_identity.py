"""The slash commands about identity, and what their replies look like."""

import pytest
from driven import AT
from reply_texts import reply_texts

from client.commands import COMMANDS
from client.commands.registry import Run, UsageError
from client.text.times import local_time
from messages.endpoints import chat_address
from messages.identity import (
    KeyEntry,
    KeyList,
    Keys,
    Link,
    LinkCode,
    Profile,
    ResetKeys,
    Revoke,
    SetPassword,
    Uninvite,
    Whois,
)
from messages.replies import AnyReply, Done
from messages.requests import Request

PRINT = "SHA256:UiUB9OemP2Hdd21+1oKRBMgVAiTJW5bZXRioJUnsVdM"
KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
TOKEN = "AAECAwQFBgcIAAABoMtXugAAAQB"
STAMP = f"{local_time(AT):%Y-%m-%d %H:%M}"


class CommandHost:
    """Records what is asked, and answers questions with what it is told to."""

    here = "#lobby"

    def __init__(self, answers: tuple[str, ...] = ()) -> None:
        self.session = self
        self.answers = answers
        self.asked: list[object] = []

    def ask(self, kind, **fields):
        self.asked.append(kind("1", **fields))

    def confirm(self, question, then):
        assert question.endswith(("?", "in.", "gone."))
        then()

    def question(self, prompts, then, *, secret):
        assert (len(prompts), secret) == (2, True)
        then(*self.answers)


def type_(line: str, *answers: str) -> list[object]:
    host = CommandHost(answers)
    meant = COMMANDS.interpret(line)
    assert isinstance(meant, Run)
    meant.command.handler(host, meant.argument)
    return host.asked


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("/whois bob", Whois("1", "bob")),
        ("/whois @bob", Whois("1", "bob")),
        ("/link", Link("1")),
        ("/link web", Link("1", browser=True)),
        ("/keys", Keys("1")),
        (f"/revoke {PRINT}", Revoke("1", PRINT)),
        ("/revoke UiUB9Oem", Revoke("1", "UiUB9Oem")),
        ("/resetkeys @bob", ResetKeys("1", "bob")),
        (f"/uninvite {TOKEN}", Uninvite("1", TOKEN)),
        (f"/uninvite {chat_address('tcp://10.0.0.7:9009', KEY, TOKEN)}", Uninvite("1", TOKEN)),
        ("/password clear", SetPassword("1")),
    ],
)
def test_a_command_asks_the_broker(line: str, request_: Request) -> None:
    assert type_(line) == [request_]


def test_a_password_is_asked_for_twice_and_not_part_of_the_line() -> None:
    assert type_("/password", "correct horse", "correct horse") == [SetPassword("1", "correct horse")]
    with pytest.raises(ValueError, match="the passwords differ"):
        type_("/password", "correct horse", "correct house")
    with pytest.raises(UsageError):
        type_("/password hunter2222")


@pytest.mark.parametrize("words", ["", " a b"])
@pytest.mark.parametrize("name", ["/whois", "/revoke", "/resetkeys", "/uninvite"])
def test_a_command_that_lacks_something_shows_its_usage(name: str, words: str) -> None:
    with pytest.raises(UsageError):
        type_(name + words)


def test_an_address_without_an_invite_is_none_to_revoke() -> None:
    with pytest.raises(ValueError, match="contains no invite"):
        type_("/uninvite tcp://10.0.0.7:9009")


def test_too_short_a_fingerprint_or_password_is_not_sent() -> None:
    with pytest.raises(ValueError, match="first 8"):
        type_("/revoke UiUB")
    with pytest.raises(ValueError, match="8 to 256"):
        type_("/password", "short", "short")


@pytest.mark.parametrize(
    ("reply", "lines"),
    [
        (
            LinkCode("1", "K7QXN2FP", 600),
            [
                "The code is K7QXN2FP, valid once within 10 minutes.",
                "On the other device: chat-client --connect HOST:PORT --link K7QXN2FP",
                "HOST:PORT is the broker's address.",
                "If that device does not know the broker, give it the broker's chat:// address.",
            ],
        ),
        (
            LinkCode("1", "K7QXN2FP", 600, browser=True),
            [
                "The code is K7QXN2FP, valid once within 10 minutes.",
                "On the page of the chat, choose “Use a code from another device”.",
            ],
        ),
        (
            LinkCode("1", "K;rm -rf ~", 60),
            [
                "The code is K;rm -rf ~, valid once within 1 minutes.",
                "On the other device: chat-client --connect HOST:PORT --link 'K;rm -rf ~'",
                "HOST:PORT is the broker's address.",
                "If that device does not know the broker, give it the broker's chat:// address.",
            ],
        ),
        (
            KeyList("1", [KeyEntry(PRINT, AT, AT, current=True), KeyEntry(PRINT, AT, AT)]),
            [f"{PRINT}  since {STAMP}, this device", f"{PRINT}  since {STAMP}, last seen {STAMP}"],
        ),
        (
            KeyList("1", []),
            ["You have no key, so your name is not reserved; connect encrypted to bind one."],
        ),
        (
            Profile("1", "bob", [PRINT], True, AT, AT, 61, "lunch"),
            [f"bob: online, idle 1 min, away: lunch, key bound since {STAMP}", f"  {PRINT}"],
        ),
        (Profile("1", "bob", [], True, AT, None, 59, ""), ["bob: online, away, without a key"]),
        (Profile("1", "bob", [], False, AT), [f"bob: last seen {STAMP}, without a key"]),
        (Profile("1", "bob", [], False, 0), ["bob: offline, without a key"]),
        (
            Profile("1", "bob", [], True, AT, roles=["operator", "gateway"], banned=True),
            ["bob: online, without a key, operator of the chat, gateway, banned"],
        ),
        (
            Profile("1", "bob", [], True, AT, addresses=["10.0.0.1"]),
            ["bob: online, without a key", "  at 10.0.0.1"],
        ),
    ],
)
def test_a_reply_is_shown(reply: AnyReply, lines: list[str]) -> None:
    assert reply_texts(Keys("1"), reply) == lines


def test_what_a_broker_says_is_shown_as_text_only() -> None:
    (line,) = reply_texts(Whois("1", "bob"), Profile("1", "bob\x1b[2J", [], False, 0))
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (Revoke("1", PRINT), "The key is revoked for good, and its sessions have ended."),
        (ResetKeys("1", "bob"), "The name bob is free: the next key that logs in under it owns it."),
        (Uninvite("1", TOKEN), "The invite is revoked."),
        (SetPassword("1", "correct horse"), "Your password is set."),
        (SetPassword("1"), "Your password is cleared."),
    ],
)
def test_what_was_done_is_said(request_: Request, text: str) -> None:
    assert reply_texts(request_, Done("1")) == [text]
