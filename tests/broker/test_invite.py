"""The verb `invite`."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from keyring import KEYS
from wired import Chat

from broker.cli import main
from broker.core.access.invites import Invite, invite_secret, read_invite
from broker.core.settings import AccessPolicy
from broker.security.keys import load_or_make
from messages.keys import KeyPair, key_from_address
from messages.requests import Login


@pytest.fixture
def keys(tmp_path: Path) -> KeyPair:
    """The keys of the broker whose data directory is /tmp_path/broker."""
    (tmp_path / "broker").mkdir(mode=0o700)
    return load_or_make(tmp_path / "broker" / "curve.key")


Invites = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invite(tmp_path: Path) -> Invites:
    """Runs the verb, and returns the exit code and what was written on stdout and stderr."""

    def run(*arguments: str, data: str = "broker") -> tuple[int, str, str]:
        result = CliRunner().invoke(main, ["invite", "--data", str(tmp_path / data), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def read(printed: str, keys: KeyPair) -> tuple[str, str, Invite | None]:
    """Return the host and port, the broker's key, and what the invite says."""
    (line,) = printed.splitlines()
    parts = urlsplit(line)
    assert parts.scheme == "chat"
    fields = parse_qs(parts.query, strict_parsing=True)
    assert fields.keys() == {"key", "invite"}
    return (
        parts.netloc,
        key_from_address(fields["key"][0]),
        read_invite(invite_secret(keys.secret.encode()), fields["invite"][0]),
    )


def test_one_line_holds_endpoint_key_and_invite(invite: Invites, keys: KeyPair) -> None:
    code, out, err = invite("--endpoint", "chat.example.org:9009", "--uses", "3", "--role", "gateway")
    assert (code, err) == (0, "")
    netloc, key, said = read(out, keys)
    assert (netloc, key) == ("chat.example.org:9009", keys.public)
    assert said is not None
    assert (said.uses, said.role) == (3, "gateway")


def test_a_gateway_is_granted_guests_accounts_and_sessions_of_an_address(
    invite: Invites, keys: KeyPair
) -> None:
    options = "--endpoint", "h:1", "--role", "gateway", "--guests", "--accounts", "--per-address", "2000"
    said = read(invite(*options)[1], keys)[2]
    assert said is not None
    assert (said.role, said.guests, said.accounts, said.per_address) == ("gateway", True, True, 2_000)


@pytest.mark.parametrize(
    "grant", [("--guests",), ("--accounts",), ("--per-address", "9"), ("--guests", "--role", "operator")]
)
def test_nobody_but_a_gateway_is_granted_anything(
    invite: Invites, keys: KeyPair, grant: tuple[str, ...]
) -> None:
    code, out, err = invite("--endpoint", "h:1", *grant)
    assert (code, out) == (2, "")
    assert "--guests, --accounts and --per-address belong to --role gateway." in err


def test_two_invites_are_not_the_same(invite: Invites, keys: KeyPair) -> None:
    assert invite("--endpoint", "tcp://[::1]:9009")[1] != invite("--endpoint", "tcp://[::1]:9009")[1]


def test_an_invite_expires_after_the_given_hours(invite: Invites, keys: KeyPair) -> None:
    short, long = (read(invite("--endpoint", "h:1", "--hours", hours)[1], keys)[2] for hours in ("1", "3"))
    assert short is not None
    assert long is not None
    assert 7_200_000 <= long.expires - short.expires < 7_200_000 + 3_600_000


def test_the_broker_with_the_key_accepts_the_invite(invite: Invites, keys: KeyPair) -> None:
    out = invite("--endpoint", "chat.example.org:9009")[1]
    token = parse_qs(urlsplit(out.strip()).query)["invite"][0]
    chat = Chat(access=AccessPolicy.INVITED, invite_secret=invite_secret(keys.secret.encode()))
    assert chat.connect(identity=KEYS[1]).ask(Login, 1, "alice", invite=token).name == "alice"


@pytest.mark.parametrize(
    "endpoint", ["tcp://0.0.0.0:9009", "tcp://*:9009", "[::]:9009", "ipc:///run/chat", "h:0"]
)
@pytest.mark.usefixtures("keys")
def test_an_endpoint_that_no_client_can_reach_makes_no_invite(invite: Invites, endpoint: str) -> None:
    code, out, err = invite("--endpoint", endpoint)
    assert (code, out) == (1, "")
    assert err == (
        "chat-broker: give the address at which clients reach the broker, like --endpoint tcp://chat.example.org:9009\n"
    )


@pytest.mark.usefixtures("keys")
def test_without_a_usable_key_or_endpoint_a_sentence_says_what_to_do(invite: Invites, tmp_path: Path) -> None:
    (tmp_path / "broker" / "curve.key").chmod(0o644)
    code, out, err = invite("--endpoint", "h:1")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "curve.key" in err
    assert invite("--endpoint", "nonsense")[0] == 2


@pytest.mark.usefixtures("keys")
def test_where_the_broker_is_must_be_said_if_no_other_machine_could_reach_it(invite: Invites) -> None:
    code, out, err = invite()
    assert (code, out) == (1, "")
    assert err.startswith("chat-broker: give the address at which clients reach the broker")


@pytest.mark.parametrize("verb", ["invite", "fingerprint"])
@pytest.mark.parametrize("place", ["absent", "empty"])
def test_no_key_is_made_where_no_broker_has_been(verb: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    options = ["--bind", "192.0.2.7:9009", verb, "--data", str(tmp_path / place)]
    result = CliRunner().invoke(main, options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"chat-broker: {tmp_path / place / 'curve.key'} does not exist; start the broker, "
        "or name its data directory with --data or the file of its key with --key\n"
    )
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


@pytest.mark.parametrize("verb", ["invite", "fingerprint"])
def test_a_missing_file_of_the_key_is_named_as_it_was_given(verb: str, tmp_path: Path) -> None:
    file, bind = str(tmp_path / "absent.key"), ["--bind", "192.0.2.7:9009"]
    for options in ([*bind, "--key", file, verb], [*bind, verb, "--key", file]):
        result = CliRunner().invoke(main, options)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"chat-broker: {file} does not exist; ")


def test_the_file_of_the_key_can_be_given_before_and_after_the_verb(tmp_path: Path, keys: KeyPair) -> None:
    file, bind = str(tmp_path / "broker" / "curve.key"), ["--bind", "192.0.2.7:9009"]
    for options in ([*bind, "--key", file, "invite"], [*bind, "invite", "--key", file]):
        assert read(CliRunner().invoke(main, options).stdout, keys)[1] == keys.public


def test_the_address_that_is_bound_is_the_one_to_connect_to(tmp_path: Path, keys: KeyPair) -> None:
    bind = ["--bind", "tcp://127.0.0.1:1", "--bind", "tcp://192.0.2.7:9009"]
    result = CliRunner().invoke(main, [*bind, "invite", "--data", str(tmp_path / "broker")])
    assert read(result.stdout, keys)[0] == "192.0.2.7:9009"


def test_an_empty_data_directory_is_refused_as_it_would_mean_the_current_one(
    tmp_path: Path, keys: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "broker")
    result = CliRunner().invoke(main, ["invite", "--data", "", "--endpoint", "h:1"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the name of the directory is empty" in result.stderr
