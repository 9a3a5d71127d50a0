"""The programs' standard streams: closed readers, full disks, encodings, and refusals in pipes."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from eventually import DEADLINE
from programs import SCRIPTS, House, environment

FULL = "cannot write to standard output: No space left on device"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_cannot_be_written_is_told_in_a_sentence_with_1(house: House, unbuffered: str) -> None:
    commands = [
        "chat-client --help",
        "chat-client --version",
        "chat-client keygen",
        "chat-broker --version",
        "chat-broker backup --help",
        "chat-launcher --help",
    ]
    running = [
        house.shell(f"PYTHONUNBUFFERED={unbuffered} {SCRIPTS}/{command} > /dev/full") for command in commands
    ]
    for command, program in zip(commands, running, strict=True):
        assert program.wait() == 1, command
        assert program.err == [f"{command.split()[0]}: {FULL}"]


def test_streams_that_are_closed_lead_nowhere(house: House) -> None:
    _broker, endpoint = house.broker()
    client, broker = f"{SCRIPTS}/chat-client --connect {endpoint} --name", f"{SCRIPTS}/chat-broker"
    commands = {
        f"{client} ann <&-": (0, ""),
        f"echo hello | {client} bob >&-": (0, ""),
        f"echo hello | {client} cid >&- 2>&-": (0, ""),
        f"{broker} user ann --forget <&-": (2, "Error: Without a terminal, confirm this with --yes."),
        f"{broker} import --data {house.home}/empty <&-": (1, "this is not an export"),
    }
    for command, (code, said) in commands.items():
        program = house.shell(command)
        assert program.wait() == code, command
        assert said in "\n".join(program.err)
        assert "Traceback" not in "\n".join(program.err)


def test_a_program_that_cannot_write_logs_out(house: House) -> None:
    broker, endpoint = house.broker()
    client = f"{SCRIPTS}/chat-client --connect {endpoint} --name"
    house.shell(f"{client} verb who > /dev/full")
    house.shell(f"echo /who | {client} pipe > /dev/full")
    broker.says("verb left (logged out)")
    broker.says("pipe left (logged out)")


@pytest.mark.parametrize("verb", [(), ("tail", "#quiet")], ids=["chat", "tail"])
def test_a_program_whose_reader_goes_ends_at_once_and_logs_out(house: House, verb: tuple[str, ...]) -> None:
    broker, endpoint = house.broker()
    process = subprocess.Popen(
        [SCRIPTS / "chat-client", "--connect", endpoint, "--name", "ann", *verb],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(house.home),
    )
    with process:
        broker.says("ann logged in")
        assert process.stdout
        process.stdout.close()
        assert process.wait(DEADLINE) == 0
    broker.says("ann left (logged out)")


def test_a_text_is_sent_although_nobody_reads_the_output(house: House) -> None:
    endpoint = house.endpoint()
    client = f"{SCRIPTS}/chat-client --connect {endpoint} --quiet --name ann"
    sender = house.shell(f"(echo hello | {client}; echo code $? >&2) | true")
    sender.says("code 0")
    past = house.client(endpoint, "reader", "history", "#lobby")
    assert past.wait() == 0
    assert [line[6:] for line in past.out] == ["#lobby ann: hello"]


def test_in_a_pipe_every_refused_command_ends_with_6(house: House) -> None:
    endpoint = house.endpoint()
    commands = [
        "/kick nobody",
        "/ban nobody",
        "/topic #nosuch new topic",
        "/history #nosuch",
        "/msg nobody hello",
        "/whois nobody",
        "/nosuch",
        "/join a b",
    ]
    running = [house.client(endpoint, f"s{number}", "-q") for number in range(len(commands))]
    for program, command in zip(running, commands, strict=True):
        program.type(f"/who\n{command}\n")
        program.end_input()
    assert {command: program.wait() for program, command in zip(running, commands, strict=True)} == (
        dict.fromkeys(commands, 6)
    )


@pytest.mark.parametrize("verb", [(), ("send", "#lobby", "-")], ids=["chat", "send"])
def test_nothing_from_a_byte_on_that_is_not_utf8_is_sent(house: House, verb: tuple[str, ...]) -> None:
    endpoint = house.endpoint()
    done = subprocess.run(
        [SCRIPTS / "chat-client", "--connect", endpoint, "--name", "ann", *verb],
        input="\ufeffone\ntwo ".encode() + b"\xff\nthree\n",
        stderr=subprocess.PIPE,
        env=environment(house.home),
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 6
    assert b"line 2, byte 5 is 0xff, which is not UTF-8" in done.stderr
    past = house.client(endpoint, "reader", "history", "#lobby")
    assert past.wait() == 0
    assert [line[6:] for line in past.out] == ["#lobby ann: one"]


def test_all_output_is_utf8_whatever_the_locale_is(house: House) -> None:
    endpoint = house.endpoint()
    text = "grüße 日本"
    assert house.client(endpoint, "ann", "send", "#lobby", text).wait() == 0
    client = [SCRIPTS / "chat-client", "--connect", endpoint, "--name", "reader", "history", "#lobby"]
    for encoding, arguments in (("ascii", ["--json"]), ("ISO-8859-1", [])):
        env = environment(house.home) | {"PYTHONIOENCODING": encoding}
        out = subprocess.check_output([*client, *arguments], env=env)
        assert text in (json.loads(out)["text"] if arguments else out.decode())


def test_arguments_that_are_not_utf8_are_refused_with_2(house: House) -> None:
    for arguments in ((b"--name", b"a\xffb", b"who"), (b"--name", b"ann", b"send", b"#lobby", b"a\xffb")):
        done = subprocess.run(
            [os.fsencode(SCRIPTS / "chat-client"), *arguments],
            stderr=subprocess.PIPE,
            env=environment(house.home),
            check=False,
        )
        assert done.returncode == 2
        assert b"byte 2 is 0xff, which is not UTF-8" in done.stderr


def test_at_the_question_for_the_name_one_ctrl_c_leaves(house: House) -> None:
    for arguments in ([], ["who"]):
        person = house.at_terminal("chat-client", "--connect", "127.0.0.1:9", *arguments)
        person.sees("Name:")
        person.type("\x03")
        assert person.wait() == 130
