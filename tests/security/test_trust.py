"""The command chat-client and brokers that encrypt, do not, or have another key."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from security.places import Fortress, fortress

from broker.security.keys import make_keys
from client.async_chat import AsyncChat
from client.chat import Chat, ChatClosed
from client.cli import main
from messages.endpoints import chat_address, parse_endpoint
from messages.exits import Exit
from messages.keys import key_to_address


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
        assert f" of line 1 of {file}. It may be another broker, so ask its operator. If this was" in err
        assert err.endswith(f"remove line 1 of {file} and connect to its new address\n")


def test_a_broker_is_known_however_its_name_is_written(file: Path) -> None:
    with fortress() as place:
        port = place.url.rpartition(":")[2]
        assert run(address(place).replace("127.0.0.1", "LocalHost"), "who")[0] == 0
        assert run(f"localhost:{port}", "who")[0] == 0


def test_a_broker_is_kept_on_a_line_of_its_own_behind_a_line_without_an_end(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("# mine")
    with fortress() as place:
        assert run(address(place), "who")[0] == 0
        assert file.read_text().splitlines()[0] == "# mine"
        assert run(place.url, "who")[0] == 0


@pytest.mark.parametrize(("host", "told"), [("0.0.0.0", True), ("127.0.0.1", False)])
def test_the_client_says_itself_that_nothing_is_encrypted_whatever_the_broker_says(
    host: str, told: bool
) -> None:
    with fortress() as place:
        code, err = run(place.plain_url.replace("127.0.0.1", host), "who")
        assert (code, "is not encrypted" in err) == (0, told)


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
        assert "DOES NOT ENCRYPT, and the address has a key for it. It may be another broker" in err
        assert not file.exists()


def test_a_refused_client_prints_its_key() -> None:
    with fortress(lambda _key, _address: False) as place:
        code, err = run(address(place), "who")
        assert code == 5
        assert re.search(r"does not admit your key SHA256:\S{43}; the key may be revoked", err)


def test_a_line_without_a_key_is_named(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("tcp://127.0.0.1:9 nonsense\n")
    code, err = run("127.0.0.1:9", "who")
    assert (code, f"line 1 of {file} has no key" in err) == (1, True)


def test_a_list_of_brokers_that_cannot_be_read_is_named_and_stays(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe")
    code, err = run("127.0.0.1:9", "who")
    sentence = f"{file}: line 1, byte 1 is 0xff, which is not UTF-8"
    assert (code, sentence in err) == (1, True), err
    assert file.read_bytes() == b"\xff\xfe"


def test_a_list_of_brokers_with_a_byte_order_mark_still_holds_its_first_key(file: Path) -> None:
    file.parent.mkdir(parents=True)
    with fortress() as place:
        known = key_to_address(make_keys().public)
        file.write_text(f"{place.url} {known} 2026-11-20\n", encoding="utf-8-sig")
        code, err = run(place.url, "who")
    assert code == 5
    assert "DOES NOT PROVE THAT IT HAS THE KEY" in err


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


@pytest.mark.parametrize("invite", ["abc…", "%00%ff", "%0a", "A" * 201])
def test_an_invite_that_was_not_copied_well_is_refused_in_a_sentence(invite: str) -> None:
    code, err = run(f"{chat_address('h:1', make_keys().public)}&invite={invite}", "who")
    assert (code, "copy the whole address" in err) == (2, True)


@pytest.mark.parametrize("code", ["Ä", "A" * 201, "\n"])
def test_what_cannot_be_a_link_code_is_refused_in_a_sentence(code: str) -> None:
    assert run("127.0.0.1:9", "--link", code, "who")[0] == 2


@pytest.mark.parametrize(
    "text", ["chat://h:1", "chat://h:1?invite=x", "chat://h:1?key=short", "chat://h?key="]
)
def test_half_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write chat://HOST|copy the whole address"):
        parse_endpoint(text)


def test_a_script_with_a_name_of_its_own_learns_that_it_needs_a_key_and_then_gets_in(tmp_path: Path) -> None:
    with fortress() as place:
        assert run(address(place), "who")[0] == 0
        code, err = run(address(place), "--name", "logger", "who")
        assert code == 5
        assert "--identity FILE" in err
        own = tmp_path / "logger.key"
        assert run(address(place), "--name", "logger", "--identity", str(own), "send", "#lobby", "hi")[0] == 0
        with Chat(address(place), name="echo", identity=tmp_path / "echo.key") as chat:
            assert chat.name == "echo"


@pytest.fixture
def unwritable(file: Path) -> Path:
    """A file that cannot be made: its name leads to a directory that does not exist."""
    file.parent.mkdir(parents=True)
    file.symlink_to(file.parent / "nowhere" / "known_brokers")
    return file


def test_a_key_that_cannot_be_kept_ends_the_command_with_a_sentence(unwritable: Path) -> None:
    with fortress() as place:
        code, err = run(address(place), "who")
    assert code == Exit.FAILED
    assert f"chat-client: cannot keep the broker's key in {unwritable}: No such file or directory\n" in err


def test_a_key_that_cannot_be_kept_closes_a_chat_with_a_sentence(unwritable: Path) -> None:
    sentence = f"cannot keep the broker's key in {unwritable}: No such file or directory"
    with fortress() as place:
        with pytest.raises(ChatClosed) as blocking:
            Chat(address(place), name="alice")
        with pytest.raises(ChatClosed) as awaited:
            asyncio.run(AsyncChat(address(place), name="alice").open())
    assert str(blocking.value) == str(awaited.value) == sentence
