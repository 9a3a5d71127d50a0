"""The verb `user add`, with a broker and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from click.testing import CliRunner
from shell_verbs import objects

from broker.cli import main
from broker.core.access.passwords import is_password
from broker.core.facts.kinds import PasswordHash
from broker.core.memory.restore import restore
from broker.store.verbs.looking import load

Start = Callable[..., BrokerProcess]

PASSWORD = "correct horse"


def add(*arguments: str, stdin: str = f"{PASSWORD}\n", before: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Return the exit code and what was written on stdout, and the last line on stderr."""
    given = [*before, "user", "add", *arguments, "--password-stdin"]
    result = CliRunner().invoke(main, given, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, (result.stderr.splitlines() or [""])[-1]


@pytest.mark.parametrize("running", [False, True])
def test_a_user_is_added_to_the_broker_or_to_its_data(running: bool, start: Start, data: Path) -> None:
    if running:
        start("--bind", "tcp://127.0.0.1:0").listen()
    assert add("dora") == (0, "dora can log in with this password, through a gateway\n", "")
    state = restore(load(data))
    stored = state.facts.of(PasswordHash)[str(state.users["dora"].id)]
    assert stored.owns
    assert is_password(stored.encoded, PASSWORD)
    code, _, said = add("Dora")
    assert (code, "has a password already" in said) == (5, True)
    (shown,) = objects("user", "dora")
    assert (shown["password"], shown["keys"], shown["guest"]) == (True, [], False)


def test_a_user_who_is_called_add_is_shown(data: Path) -> None:
    assert add("add")[0] == 0
    assert objects("user", "add")[0]["name"] == "add"


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("dora",), "short\n", "`password`: a password has 8 to 256 characters"),
        (("dora",), "", "a password has 8 to 256 characters"),
        (("4dora",), f"{PASSWORD}\n", "a name begins with a letter"),
        (("dora", "--forget"), f"{PASSWORD}\n", "give no --export, --forget or --with-messages"),
        (("dora", "emil"), f"{PASSWORD}\n", "Give one name, or add and one name."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    arguments: tuple[str, ...], stdin: str, said: str, data: Path
) -> None:
    code, out, err = add(*arguments, stdin=stdin)
    assert (code, out, said in err) == (2, "", True)
    assert not (data / "chat.db").exists()


def test_shared_names_are_refused_and_nobody_is_forgotten(data: Path) -> None:
    add("dora")
    code, _, said = add("emil", before=("--names", "shared"))
    assert (code, "names are shared" in said) == (5, True)
    assert set(restore(load(data)).users) == {"dora"}


def test_a_broker_without_an_admin_channel_is_not_gone_behind(start: Start, data: Path) -> None:
    start("--bind", "tcp://127.0.0.1:0", "--no-admin").listen()
    code, _, said = add("dora")
    assert (code, "another broker or verb uses" in said) == (1, True)


def test_the_password_comes_from_stdin_and_only_with_add() -> None:
    result = CliRunner().invoke(main, ["user", "add", "dora"])
    assert (result.exit_code, "--password-stdin" in result.stderr) == (2, True)
    result = CliRunner().invoke(main, ["user", "dora", "--password-stdin"], input=PASSWORD)
    assert (result.exit_code, "belongs to user add NAME" in result.stderr) == (2, True)
