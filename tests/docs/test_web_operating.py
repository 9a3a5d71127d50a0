"""What an operator reads of chat-web is true: numbers, alerts, access log, unit, settings, compose file."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import promql_parser
import yaml
from docs.fenced import ROOT, block, blocks
from programs import SCRIPTS
from prometheus_client import CollectorRegistry, ProcessCollector
from web_stage import Browser, town

from broker.cli import main as broker_command
from client.web.cli import main as web_command
from client.web.operating.meter import Meter
from client.web.operating.metrics import Families
from client.web.operating.options import RELOADABLE

PAGE = (ROOT / "docs" / "web.md").read_text("utf-8").partition("\n## Watching it\n")[2].partition("\n## ")[0]
RULES = yaml.safe_load((ROOT / "packaging" / "prometheus" / "web-alerts.yml").read_text("utf-8"))
FIRING = yaml.safe_load((ROOT / "tests" / "docs" / "web_alerts_test.yml").read_text("utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
SERVICE = (ROOT / "packaging" / "chat-web.service").read_text("utf-8")
SETTINGS = (ROOT / "packaging" / "chat-web.toml").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "packaging" / "compose.yml").read_text("utf-8"))
EXAMPLES = blocks("docs/web.md", "sh web-service", "text access")
OPTIONS = {spelling for option in web_command.params for spelling in option.opts}


def served() -> dict[str, set[str]]:
    """Return the labels of each number."""
    registry = CollectorRegistry()
    registry.register(Families(Meter()))
    ProcessCollector(registry=registry)
    return {one.name: set(one.labels) for family in registry.collect() for one in family.samples}


def test_each_number_and_its_labels_are_in_the_table() -> None:
    rows = PAGE.partition("| metric")[2].partition("\n\n")[0]
    told = set(
        re.findall(r"`([a-z_]+(?:\{\w+\})?)`", " ".join(row.split("|")[1] for row in rows.splitlines()[2:]))
    )
    own = {name: labels - {"le"} for name, labels in served().items() if name.startswith("chat_web_")}
    wanted = {
        re.sub(r"_(?:bucket|sum|count)$", "", name.removeprefix("chat_web_"))
        + "".join(f"{{{one}}}" for one in labels)
        for name, labels in own.items()
    }
    assert told == wanted


def test_the_alerts_use_what_is_served_are_told_of_and_each_is_tested_to_fire() -> None:
    names = {"up", *served()}
    for alert in ALERTS:
        found: list[Any] = []
        promql_parser.walk(promql_parser.parse(alert["expr"]), found.append)
        used = {part.name for part in found if isinstance(part, promql_parser.VectorSelector)}
        assert used <= names, alert["alert"]
        assert alert["annotations"].keys() == {"summary", "description", "runbook"}
        assert alert["labels"]["severity"] in ("critical", "warning")
    listed = sorted(alert["alert"] for alert in ALERTS)
    assert sorted(re.findall(r"`(ChatWeb\w+)`", PAGE)) == listed
    samples = FIRING["tests"][-1]["promql_expr_test"][-1]["exp_samples"]
    assert [re.findall(r'"(\w+)"', one["labels"])[0] for one in samples] == listed


def test_the_unit_starts_what_there_is_and_shuts_it_in(tmp_path: Path) -> None:
    found = dict(re.findall(r"^(\w+)=(.*)$", SERVICE, re.MULTILINE))
    program, *rest = shlex.split(found["ExecStart"])
    assert Path(program).name == "chat-web"
    assert {word for word in rest if word.startswith("-")} <= OPTIONS
    assert rest[rest.index("--identity") + 1].startswith(f"/var/lib/{found['StateDirectory']}/")
    assert found["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert "chat-broker.service" in found["After"]
    if shutil.which("systemd-analyze"):
        unit = tmp_path / "chat-web.service"
        unit.write_text(SERVICE.replace("/opt/chat/bin/chat-web", str(SCRIPTS / "chat-web")), "utf-8")
        for command in (["verify", str(unit)], ["security", "--offline=true", "--threshold=20", str(unit)]):
            done = subprocess.run(["systemd-analyze", *command], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr


def test_the_settings_file_has_each_option_with_its_default_and_says_what_a_reload_changes() -> None:
    defaults = "\n".join(re.findall(r"^#([a-z-]+ = .+)$", SETTINGS, re.MULTILINE))
    shown = "\n".join(re.findall(r"^# ([a-z-]+ = .+)$", SETTINGS, re.MULTILINE))
    named = {key.replace("-", "_") for key in (*tomllib.loads(defaults), *tomllib.loads(shown))}
    options = {str(option.name): option for option in web_command.params}
    assert named == options.keys() - {"config", "version", "parent"}
    for key, value in tomllib.loads(defaults).items():
        with web_command.make_context("chat-web", ["--connect", "tcp://127.0.0.1:9"]) as context:
            option = options[key.replace("-", "_")]
            given = tuple(value) if isinstance(value, list) else value
            assert option.process_value(context, given) == context.params[str(option.name)], key
    marked = set()
    for part in SETTINGS.split("\n\n"):
        if "(reload)" in part:
            marked |= {name.replace("-", "_") for name in re.findall(r"^# ?([a-z-]+) = ", part, re.MULTILINE)}
    assert {"certificate" if name == "cert" else name for name in marked} == set(RELOADABLE)


def test_the_compose_file_sets_what_there_is_and_believes_its_own_network() -> None:
    chat = COMPOSE["services"]["chat"]
    known = {f"CHAT_BROKER_{str(one.name).upper()}" for one in broker_command.params}
    known |= {f"CHAT_WEB_{str(one.name).upper()}" for one in web_command.params}
    assert chat["environment"].keys() <= known
    assert (ROOT / "packaging" / chat["build"]["context"] / chat["build"]["dockerfile"]).exists()
    (network,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert chat["environment"]["CHAT_WEB_PROXIES"] == network["subnet"]
    caddy = (ROOT / "packaging" / "Caddyfile").read_text("utf-8")
    port = chat["environment"]["CHAT_BROKER_WEB"].rpartition(":")[2]
    assert f"reverse_proxy chat:{port}" in caddy
    assert any(one.startswith("./Caddyfile:") for one in COMPOSE["services"]["caddy"]["volumes"])


def test_the_commands_for_the_unit_give_a_service_that_lets_people_in(tmp_path: Path) -> None:
    *copies, invite, _enable = block("docs/web.md", "sh web-service").body.splitlines()
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    state, log = tmp_path / "chat-web", tmp_path / "access.log"
    state.mkdir()
    with town(tmp_path) as made:
        made.open_broker()
        here = {"/etc/": f"{tmp_path}/etc/", "/var/lib/chat-broker": f"{tmp_path}/broker"}
        here |= {
            "127.0.0.1:9009": urlsplit(made.address).netloc,
            "chat-broker --data": f"{SCRIPTS}/chat-broker --data",
        }
        lines = "\n".join([*copies, invite])
        for old, new in here.items():
            lines = lines.replace(old, new)
        done = made._house.shell(f"set -e; cd {ROOT}\n{lines}")
        assert done.wait() == 0, done.err
        unit = (tmp_path / "etc/systemd/system/chat-web.service").read_text()
        (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
        (given,) = re.findall(r"^EnvironmentFile=(.*)$", unit, re.MULTILINE)
        assert (tmp_path / given.lstrip("/")).stat().st_mode & 0o077 == 0
        started = command.replace("/opt/chat/bin", str(SCRIPTS)).replace("/etc/", f"{tmp_path}/etc/")
        started = started.replace("/var/lib/chat-web", str(state))
        variables = shlex.join((tmp_path / given.lstrip("/")).read_text().split())
        gateway = made._house.shell(f"exec env {variables} {started} --listen 127.0.0.1:0 --access-log {log}")
        url = gateway.says("The chat is at ").removeprefix("The chat is at ").strip().rstrip("/")
        assert Browser(url, "127.0.0.1").sign_up("sam").cookie
        gateway.process.terminate()
        assert gateway.wait() == 0
    line = re.compile(r"\S+ \S+ info    [\d.]+ [A-Z]+ [\w/*-]+ \d{3} \d+ bytes \d+ ms(?: \w+: [\w -]+)?")
    shown = block("docs/web.md", "text access").body.splitlines()
    for one in [*shown, *log.read_text().splitlines()]:
        assert line.fullmatch(one), one
    assert "sam: signed in" in log.read_text()
