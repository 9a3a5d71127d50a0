"""Follows docs/operating.md and the chapter systemd of docs/broker.md, on a machine for each story."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from docs.fenced import Block, block, blocks
from docs.machine import Machine
from docs.relay import Relay
from docs.test_crontab import command_of
from eventually import eventually
from programs import SCRIPTS, Program, house

from messages.exits import Exit

PAGE = "docs/operating.md"
EXAMPLES = [
    *(one for one in blocks(PAGE, "sh *") if one.kind not in {"sh upgrade", "sh back"}),
    *blocks(PAGE, "ini unit", "logrotate", "haproxy", "nginx", "toml broker *"),
    *blocks("docs/broker.md", "sh systemd"),
]
TODAY = "chat-2026-11-29"
LISTENING = "Listening for connections on"


@pytest.fixture
def machine(short_path: Path) -> Iterator[Machine]:
    with house(short_path) as home:
        yield Machine(home, short_path / "m")


def body(kind: str, document: str = PAGE) -> str:
    return block(document, kind).body


def install(machine: Machine, settings: str = "") -> None:
    """Follow the chapter systemd of docs/broker.md up to the running service."""
    *before, start, reload = body("sh systemd", "docs/broker.md").splitlines()
    machine.do("\n".join(before))
    if settings:
        machine.write("/etc/chat-broker.toml", settings)
    machine.do(start)
    machine.do(reload)


def address_of(program: Program) -> str:
    """Return the address that a broker prints for clients."""
    return program.says("chat://").split()[-1]


def say(machine: Machine, endpoint: str, name: str, text: str) -> None:
    """Send a text as somebody with a key of their own."""
    where = f"{machine.house.home}/{name}.key"
    machine.run(
        f"chat-client --connect '{endpoint}' --identity {where} --name {name} -q send '#lobby' '{text}'"
    )


def test_a_broker_is_set_up_without_root(machine: Machine) -> None:
    machine.do(body("sh home"))
    machine.write("~/.config/systemd/user/chat-broker.service", body("ini unit"))
    settings = machine.house.home / ".config/chat-broker.toml"
    assert settings.read_text("utf-8").startswith("# Options of chat-broker")
    out = machine.do(body("sh home start"))
    assert out[0] == f"{settings} is right"
    assert out[1].split() == ["status", "well"]
    machine.systemctl(["reload", "chat-broker"])
    machine.running["chat-broker"].says("reloaded: ")
    machine.systemctl(["stop", "chat-broker"])


@pytest.mark.parametrize("unit", blocks(PAGE, "ini unit"), ids=str)
def test_systemd_finds_no_fault_with_a_unit(unit: Block, tmp_path: Path) -> None:
    assert {"[Unit]", "[Service]", "[Install]"} <= set(unit.body.splitlines())
    if shutil.which("systemd-analyze"):
        path = tmp_path / "chat-broker.service"
        path.write_text(unit.body.replace("%h/chat/bin", str(SCRIPTS)), "utf-8")
        command = ["systemd-analyze", "verify", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout + done.stderr == ""


def test_a_service_is_backed_up_tried_and_restored_on_another_machine(
    machine: Machine, short_path: Path
) -> None:
    install(machine, body("toml broker"))
    assert machine.do(body("sh config")) == [machine.here("/etc/chat-broker.toml is right")]
    (invite,) = machine.do(body("sh service"))
    say(machine, invite, "alice", "before the backup")
    address = address_of(machine.running["chat-broker"])
    (crontab,) = blocks(PAGE, "crontab")
    for days in range(10, 27):
        machine.write(f"/var/backups/chat-2026-09-{days}", "an old backup")
    machine.run(command_of(crontab.body.strip()))
    kept = sorted(path.name for path in (machine.root / "var/backups").iterdir())
    assert len(kept) == 14
    assert kept[0] == "chat-2026-09-14"
    newest = machine.root / "var/backups" / kept[-1]
    newest.rename(newest.with_name(TODAY))

    out = machine.do(body("sh drill"))
    fingerprint = machine.run("chat-broker --data /var/lib/chat-broker fingerprint")
    assert any(line.startswith("alice") for line in out)
    assert fingerprint[0] in out
    assert not (machine.root / "var/tmp/drill").exists()

    machine.systemctl(["stop", "chat-broker"])
    other = Machine(machine.house, short_path / "other")
    other.address = machine.address  # the name leads there now
    *before, _start, _reload = body("sh systemd", "docs/broker.md").splitlines()
    other.do("\n".join(before))
    other.write("/etc/chat-broker.toml", body("toml broker"))
    shutil.copy(newest.with_name(TODAY), other.root / "root")
    assert "status       well" in other.do(body("sh another machine"))
    assert address_of(other.running["chat-broker"]) == address
    say(other, f"{other.address}:9009", "alice", "after the restore")  # the pinned key, and no invite
    stranger = other.house.client(
        f"{other.address}:9009", "stranger", "--identity", f"{other.root}/stranger.key"
    )
    stranger.end_input()
    assert stranger.wait() == Exit.REFUSED
    with socket.socket() as metrics:
        metrics.connect((other.address, 9100))


def test_a_failed_backup_deletes_none(machine: Machine) -> None:
    (crontab,) = blocks(PAGE, "crontab")
    for days in range(10, 30):
        machine.write(f"/var/backups/chat-2026-09-{days}", "an old backup")
    machine.do("python3 -m venv /opt/chat")
    program = machine.house.shell(machine.here(command_of(crontab.body.strip())))
    assert program.wait() == Exit.FAILED
    assert len(list((machine.root / "var/backups").iterdir())) == 20


def rotate(machine: Machine, config: Path) -> None:
    """Rotate with logrotate, or as it would if it is not installed."""
    logrotate = shutil.which("logrotate", path="/usr/sbin:/sbin:/usr/bin")
    if logrotate:
        machine.run(f"chmod 600 {config} && {logrotate} --force --state {machine.root}/state {config}")
        return
    text = config.read_text("utf-8")
    log = Path(text.split()[0])
    log.rename(log.with_name(f"{log.name}-20261129"))
    script = re.search(r"postrotate\n(.*?)endscript", text, re.DOTALL)
    assert script
    machine.run(script[1])


def test_a_log_is_rotated_by_logrotate(machine: Machine) -> None:
    install(machine, body("toml broker log"))
    log = machine.root / "var/log/chat-broker/broker.log"
    endpoint = f"tcp://{machine.address}:9009"
    say(machine, endpoint, "alice", "into the first file")
    eventually(lambda: "into the first file" in log.read_text("utf-8"), "the text is logged")
    rotate(machine, machine.write("/etc/logrotate.d/chat-broker", machine.here(body("logrotate"))))
    eventually(log.exists, "the broker opens a new file")
    say(machine, endpoint, "alice", "into the second file")
    eventually(lambda: "into the second file" in log.read_text("utf-8"), "the text is logged")
    (old,) = log.parent.glob("broker.log-*")
    assert "into the first file" in old.read_text("utf-8")
    assert "into the second file" not in old.read_text("utf-8")


@contextmanager
def proxy(machine: Machine, kind: str) -> Iterator[None]:
    """Run the program of this name with the file of the document, or a relay if it is not installed."""
    text = machine.here(body(kind)).replace("bind :", f"bind {machine.address}:")
    text = text.replace("listen ", f"listen {machine.address}:")
    with ExitStack() as stack:
        program = shutil.which(kind, path="/usr/sbin:/usr/bin")
        if program and kind == "haproxy":
            machine.run(f"{program} -c -f {machine.write('/etc/haproxy.cfg', text)}")
            machine.house.program(program, "-db", "-f", f"{machine.root}/etc/haproxy.cfg")
        elif program:
            module = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
            top = f"daemon off; master_process off; pid {machine.root}/nginx.pid; error_log stderr;"
            file = machine.write(
                "/etc/nginx.conf", f"load_module {module};\n" * module.exists() + top + "events {}\n" + text
            )
            machine.house.program(program, "-c", str(file))
        else:
            (source, target) = re.findall(r"(?:bind|listen|proxy_pass|server \w+) ([\d.]+):(\d+)", text)
            relay = Relay((source[0], int(source[1])), (target[0], int(target[1])))
            stack.enter_context(closing(relay))
        yield


@pytest.mark.parametrize("kind", ["haproxy", "nginx"])
def test_people_with_keys_come_through_a_proxy(kind: str, machine: Machine) -> None:
    settings = machine.write("/etc/chat-broker.toml", machine.here(body("toml broker proxy")))
    data = machine.root / "var/lib/chat-broker"
    broker = machine.house.program("chat-broker", "--data", str(data), "--config", str(settings))
    address = address_of(broker)
    with proxy(machine, kind):
        alice = machine.house.client(address.replace(":9010", ":9009"), "alice")
        alice.says("as alice.")
        (shown,) = machine.run(f"chat-broker --data {data} online --json")
        assert '"address":"127.' in shown
        alice.type("/keys\n")
        alice.says("this device")
        alice.end_input()
        assert alice.wait() == Exit.DONE
    broker.close()


def test_people_come_through_a_tunnel(machine: Machine) -> None:
    match = re.search(r"-L (\d+):([\d.]+):(\d+)", machine.here(body("sh tunnel")))
    assert match
    broker, _ = machine.house.broker("--memory", bind=f"tcp://{machine.address}:9009")
    with closing(Relay((machine.address, int(match[1])), (match[2], int(match[3])))) as relay:
        client = machine.house.shell(f"PATH={SCRIPTS}:$PATH; {machine.here(body('sh tunnel client'))}")
        client.says("as alice.")
        client.end_input()
        assert client.wait() == Exit.DONE
        assert relay.connections == 1
    broker.close()


def test_a_container_is_run_backed_up_and_restored(machine: Machine) -> None:
    out = machine.do(body("sh container"))
    assert out[0].split() == ["status", "well"]
    operator, invite, *_users = machine.do(body("sh container operator"))
    say(machine, operator, "alice", "hello")
    say(machine, invite, "bob", "hello")
    shown = machine.do("podman exec chat chat-broker users")
    assert re.search(r"alice .* operator ", shown[1])
    machine.do(body("sh container backup"))
    assert (machine.root / "root" / TODAY).exists()
    say(machine, f"{machine.address}:9009", "bob", "lost with the restore")
    machine.do(body("sh container restore"))
    address_of(machine.running["chat"])
    read = f"chat-client --connect {machine.address}:9009 --identity {machine.house.home}/bob.key --name bob"
    assert [line.split(": ")[1] for line in machine.run(f"{read} -q history '#lobby'")] == ["hello", "hello"]
    machine.do("podman stop chat")
