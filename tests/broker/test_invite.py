"""The verb `invite`, with keys that a test gives it."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from keyring import KEYS
from wired import Chat

from broker.core.context import Access
from broker.core.invites import Invite, invite_secret, read_invite
from broker.invite import invite_verb
from messages.requests import Login

SECRET_KEY = "secret" + "x" * 34


def load(path: Path) -> tuple[str, str]:
    if path != Path("/srv/chat/curve.key"):
        raise ValueError(f"{path} is not there")
    return KEYS[0], SECRET_KEY


def invite(*arguments: str, data: str = "/srv/chat") -> tuple[int, str, str]:
    """Return the exit code and what was written on stdout and stderr."""
    result = CliRunner().invoke(invite_verb(load), ["--data", data, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def read(printed: str) -> tuple[str, str, Invite | None]:
    """Return the host and port, the broker's key, and what the invite says."""
    (line,) = printed.splitlines()
    parts = urlsplit(line)
    assert parts.scheme == "chat"
    fields = parse_qs(parts.query, strict_parsing=True)
    assert fields.keys() == {"key", "invite"}
    return (
        parts.netloc,
        fields["key"][0],
        read_invite(invite_secret(SECRET_KEY.encode()), fields["invite"][0]),
    )


def test_one_line_holds_endpoint_key_and_invite() -> None:
    code, out, err = invite("--endpoint", "chat.example.org:9009", "--uses", "3", "--role", "gateway")
    assert (code, err) == (0, "")
    netloc, key, said = read(out)
    assert (netloc, key) == ("chat.example.org:9009", KEYS[0])
    assert said is not None
    assert (said.uses, said.role) == (3, "gateway")


def test_two_invites_are_not_the_same() -> None:
    assert invite("--endpoint", "tcp://[::1]:9009")[1] != invite("--endpoint", "tcp://[::1]:9009")[1]


def test_an_invite_lasts_as_long_as_it_is_told_to() -> None:
    short, long = (read(invite("--endpoint", "h:1", "--hours", hours)[1])[2] for hours in ("1", "3"))
    assert short is not None
    assert long is not None
    assert 7_200_000 <= long.expires - short.expires < 7_200_000 + 3_600_000


def test_the_broker_with_that_key_lets_in_who_has_it() -> None:
    out = invite("--endpoint", "chat.example.org:9009")[1]
    token = parse_qs(urlsplit(out.strip()).query)["invite"][0]
    chat = Chat(access=Access.INVITED, invite_secret=invite_secret(SECRET_KEY.encode()))
    assert chat.connect(identity=KEYS[1]).ask(Login, 1, "alice", invite=token).name == "alice"


@pytest.mark.parametrize(
    "endpoint", ["tcp://0.0.0.0:9009", "tcp://*:9009", "[::]:9009", "ipc:///run/chat", "h:0"]
)
def test_an_endpoint_that_nobody_can_use_is_not_given_out(endpoint: str) -> None:
    code, out, err = invite("--endpoint", endpoint)
    assert (code, out) == (1, "")
    assert err == (
        "chat-broker: say with --endpoint where people reach the broker, like tcp://chat.example.org:9009\n"
    )


def test_without_a_key_or_an_endpoint_a_sentence_says_what_to_do() -> None:
    assert invite("--endpoint", "h:1", data="/elsewhere")[::2] == (
        1,
        "chat-broker: /elsewhere/curve.key is not there\n",
    )
    assert invite()[::2] == (1, "chat-broker: say with --endpoint where people reach the broker\n")
    assert invite("--endpoint", "nonsense")[0] == 2
