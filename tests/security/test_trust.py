"""The command chat-client and brokers that encrypt, do not, or have another key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from security.places import Fortress, fortress

from broker.security.keys import make_keys
from client.chat import Chat, ChatClosed
from client.cli import main
from messages.endpoints import chat_address, parse_endpoint


def run(*arguments: str) -> tuple[int, str]:
    """Return the exit code and what was written on stderr."""
    result = CliRunner().invoke(main, ["--name", "alice", "--timeout", "2", "--connect", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "chat-client" / "known_brokers"


def address(place: Fortress) -> str:
    return chat_address(place.url, place.keys.public)


def test_a_broker_is_shown_at_first_kept_and_known_from_then_on(file: Path) -> None:
    with fortress() as place:
        code, err = run(address(place), "who")
        assert code == 0
        assert re.search(rf"{place.url} is new here\. Its key SHA256:\S{{43}} will be kept in {file}\.", err)
        assert len(file.read_text().splitlines()) == 1
        for endpoint in (place.url, place.url.removeprefix("tcp://"), address(place)):
            code, err = run(endpoint, "who")
            assert (code, "is new here" in err) == (0, False), err
        assert len(file.read_text().splitlines()) == 1


def test_a_broker_gets_a_line_of_its_own_in_a_file_that_somebody_has_edited(file: Path) -> None:
    with fortress() as place:
        file.parent.mkdir(parents=True)
        file.write_text("# mine")
        run(address(place), "who")
        first, second = file.read_text().splitlines()
        assert (first, second.split()[0]) == ("# mine", place.url)


def test_another_key_than_the_known_one_is_refused_with_file_and_line(file: Path) -> None:
    with fortress() as place:
        run(address(place), "who")
        file.write_text(f"# mine\n{file.read_text()}")
        code, err = run(chat_address(place.url, make_keys().public), "who")
        assert code == 5
        assert "HAS CHANGED" in err
        assert f"line 2 of {file}" in err


def test_a_broker_that_has_not_the_known_key_is_refused_with_file_and_line(file: Path) -> None:
    with fortress() as place:
        file.parent.mkdir(parents=True)
        key = parse_endpoint(chat_address(place.url, make_keys().public)).key
        file.write_text(f"{place.url} {chat_address('', key).partition('=')[2]} 2026-11-20\n")
        code, err = run(place.url, "who")
        assert code == 5
        assert "DOES NOT PROVE THAT IT HAS THE KEY SHA256:" in err
        assert f"line 1 of {file}" in err


def test_a_key_that_was_not_proved_is_not_kept(file: Path) -> None:
    with fortress() as place:
        assert run(chat_address(place.url, make_keys().public), "who")[0] == 5
        assert not file.exists()


def test_a_plain_client_of_a_broker_that_encrypts_is_told_what_to_do() -> None:
    with fortress() as place:
        code, err = run(place.url, "who")
        assert code == 4
        assert "ask its operator for its chat:// address" in err


def test_a_broker_that_does_not_encrypt_is_refused_where_a_key_is_known(file: Path) -> None:
    with fortress() as place:
        code, err = run(chat_address(place.plain_url, place.keys.public), "who")
        assert code == 5
        assert "it may be another broker" in err
        assert not file.exists()


def test_who_is_not_admitted_is_told_with_the_key() -> None:
    with fortress(lambda _key, _address: False) as place:
        code, err = run(address(place), "who")
        assert code == 5
        assert re.search(r"does not admit your key SHA256:\S{43}; ask its operator to", err)


def test_a_line_without_a_key_is_named(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("tcp://127.0.0.1:9 nonsense\n")
    code, err = run("127.0.0.1:9", "who")
    assert (code, f"line 1 of {file} has no key" in err) == (1, True)


def test_programs_are_held_to_the_same(file: Path, tmp_path: Path) -> None:
    with fortress() as place:
        with Chat(address(place), name="bot", identity=tmp_path / "bot.key") as chat:
            assert chat.send("#lobby", "hello").accepted
        assert (tmp_path / "bot.key").exists()
        with pytest.raises(ChatClosed, match="HAS CHANGED"):
            Chat(chat_address(place.url, make_keys().public), name="bot")


def test_an_address_has_the_endpoint_the_key_and_perhaps_an_invite() -> None:
    key = make_keys().public
    found = parse_endpoint(chat_address("tcp://[::1]:9009", key, "a b&c"))
    assert (found.url, found.key, found.invite) == ("tcp://[::1]:9009", key, "a b&c")


@pytest.mark.parametrize(
    "text", ["chat://h:1", "chat://h:1?invite=x", "chat://h:1?key=short", "chat://h?key="]
)
def test_half_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write chat://HOST|copy the whole address"):
        parse_endpoint(text)
