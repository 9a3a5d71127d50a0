"""The files in packaging name existing commands, options and files. systemd checks its unit if installed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import click
import pytest
from programs import SCRIPTS

from broker.cli import main as broker_command
from broker.monitoring.meter import Meter
from broker.monitoring.metrics import MetricsServer

ROOT = Path(__file__).parents[2]
SERVICE = (ROOT / "packaging" / "chat-broker.service").read_text("utf-8")
CONTAINER = (ROOT / "packaging" / "Containerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def options() -> set[str]:
    """Return all options of the broker, as they are spelt."""
    found = [option for option in broker_command.params if isinstance(option, click.Option)]
    return {spelling for option in found for spelling in option.opts}


def settings() -> dict[str, list[str]]:
    """Return the values of each setting of the service."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", SERVICE, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file with their arguments, lines joined."""
    lines = re.sub(r"\\\n\s*", "", CONTAINER).splitlines()
    return [(line.split()[0], line.partition(" ")[2]) for line in lines if line and line[0] != "#"]


def arguments(name: str) -> list[str]:
    return [argument for instruction, argument in instructions() if instruction == name]


def check(tmp_path: Path, service: str) -> str:
    """Return systemd's complaints about a service."""
    path = tmp_path / "chat-broker.service"
    path.write_text(service, "utf-8")
    result = subprocess.run(
        ["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=60, check=False
    )
    return result.stdout + result.stderr


def test_the_service_starts_the_command_with_options_that_it_has() -> None:
    (command,) = settings()["ExecStart"]
    program, *rest = shlex.split(command)
    assert Path(program).name in PROJECT["scripts"]
    assert {word for word in rest if word.startswith("-")} <= options()
    assert rest[rest.index("--data") + 1] == f"/var/lib/{settings()['StateDirectory'][0]}"


def test_the_service_waits_for_the_broker_restarts_it_and_shuts_it_in() -> None:
    wanted = {
        "Type": "notify",
        "Restart": "on-failure",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
        "DynamicUser": "yes",
        "StateDirectoryMode": "0700",
    }
    assert {name: settings()[name] for name in wanted} == {name: [value] for name, value in wanted.items()}
    assert {"MemoryMax", "LimitNOFILE", "SystemCallFilter", "WatchdogSec"} <= settings().keys()


def test_root_is_itself_over_ipc_and_so_an_operator() -> None:
    assert "PrivateUsers" not in settings()


def test_systemd_finds_no_fault_with_the_service_where_it_is_installed(tmp_path: Path) -> None:
    service = SERVICE.replace("/opt/chat/bin/chat-broker", str(SCRIPTS / "chat-broker"))
    assert service != SERVICE
    if shutil.which("systemd-analyze"):
        assert check(tmp_path, service) == ""
        assert "Typo" in check(tmp_path, service.replace("[Service]", "[Service]\nTypo=yes"))


def test_the_container_starts_the_command_with_options_that_it_has() -> None:
    (entry,) = map(json.loads, arguments("ENTRYPOINT"))
    assert entry[0] in PROJECT["scripts"]
    assert not arguments("CMD")  # so that verbs and options can stand behind the image's name
    (environment,) = arguments("ENV")
    for name in re.findall(r"CHAT_BROKER_(\w+)=", environment):
        assert f"--{name.lower().replace('_', '-')}" in options()


def test_the_container_runs_as_nobody_special_and_keeps_its_data_in_a_volume() -> None:
    (user,) = arguments("USER")
    assert all(part.isdigit() and int(part) >= 1000 for part in user.split(":"))
    (volume,) = arguments("VOLUME")
    assert f"CHAT_BROKER_DATA={volume} " in arguments("ENV")[0]
    names = [name for name, _ in instructions()]
    assert names.index("USER") < names.index("ENTRYPOINT")


def test_what_the_container_is_built_from_is_there() -> None:
    for argument in arguments("COPY"):
        if not argument.startswith("--from="):
            assert all((ROOT / source).exists() for source in argument.split()[:-1])
    copied = " ".join(arguments("COPY"))
    assert all(
        name in copied for name in ("pyproject.toml", PROJECT["readme"], "LICENSE", "broker", "messages")
    )
    for lock in re.findall(r"/source/(\S+\.lock)", CONTAINER):
        assert (ROOT / lock).exists()
        assert lock.partition("/")[0] in copied


@pytest.mark.parametrize(("alive", "code"), [(True, 0), (False, 1)])
def test_the_containers_health_check_tells_whether_the_broker_lives(alive: bool, code: int) -> None:
    (line,) = arguments("HEALTHCHECK")
    python, flag, source = json.loads(line.partition("CMD ")[2])
    assert (python, flag) == ("python", "-c")
    address = re.search(r"CHAT_BROKER_METRICS=(\S+)", arguments("ENV")[0])
    assert address
    assert f"http://{address[1]}/healthz" in source
    meter = Meter()
    meter.turned = meter.started if alive else meter.started - 60
    with closing(MetricsServer(meter, "127.0.0.1", 0)) as server:
        url = server.url.replace("/metrics", "/healthz")
        source = source.replace(f"http://{address[1]}/healthz", url)
        result = subprocess.run([sys.executable, flag, source], capture_output=True, timeout=30, check=False)
    assert result.returncode == code
