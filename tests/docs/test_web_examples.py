"""The commands in docs/web.md start what they say."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from docs.fenced import blocks
from programs import SCRIPTS
from web_stage import Browser, town

EXAMPLES = blocks("docs/web.md", "sh web")


def test_one_command_serves_terminals_and_browsers(tmp_path: Path) -> None:
    command = EXAMPLES[0].body.strip().replace(":8080", ":0")
    with town(tmp_path) as made:
        given = f"CHAT_BROKER_BIND=tcp://127.0.0.1:0 CHAT_BROKER_DATA={tmp_path}/data"
        broker = made._house.shell(f"exec env {given} {SCRIPTS}/{command}")
        url = broker.says("The chat is at ").removeprefix("The chat is at ").strip().rstrip("/")
        assert Browser(url, "127.0.0.1").sign_up("pia").cookie


def test_a_gateway_on_its_own_needs_an_invite_once(tmp_path: Path) -> None:
    invite, gateway = EXAMPLES[1].body.strip().splitlines()
    with town(tmp_path) as made:
        made.open_broker()
        port = urlsplit(made.address).port
        invite = invite.replace("chat.example.org:9009", f"127.0.0.1:{port} --data {tmp_path}/broker")
        program = made._house.shell(f"exec {SCRIPTS}/{invite}")
        assert program.wait() == 0, program.err
        for address in (program.out[0].strip(), made.address):
            command = re.sub("'chat://.*' ", f"'{address}' exec {SCRIPTS}/", gateway)
            running = made._house.shell(f"{command} --listen 127.0.0.1:0")
            url = running.says("The chat is at ").removeprefix("The chat is at ").strip().rstrip("/")
            said = Browser(url, "127.0.0.1").ask("GET", "/session").said
            assert said.get("sign_up", True)  # what a broker refuses is told as false
            running.process.terminate()
            assert running.wait() == 0, running.err
