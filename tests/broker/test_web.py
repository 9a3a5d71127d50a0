"""`--web`: one command serves terminals and browsers, and its gateway lives as long as the broker."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from eventually import eventually
from programs import House, Program, house
from web_stage import PASSWORD, Browser


def start(built: House, home: Path, port: int = 0, *arguments: str) -> tuple[Program, str]:
    """Start a broker with a gateway, and return it with the address of the page."""
    where = ("--bind", "tcp://127.0.0.1:0", "--data", str(home / "data"), "--web", f":{port}")
    broker = built.program("chat-broker", *where, *arguments)
    return broker, broker.says("The chat is at ").removeprefix("The chat is at ").strip().rstrip("/")


def gateways(pid: int) -> list[int]:
    """Return the gateways that a broker has started, from any of its threads."""
    found = (path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for some in found for child in some]


def test_browsers_and_terminals_meet_and_come_back_after_a_kill_of_everything(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        broker, url = start(built, tmp_path, 0, "--web-guests")
        browser = Browser(url, "127.0.0.1").guest("heidi")
        page = browser.page()
        page.ask("open", conversation="#lobby")
        endpoint = broker.says("Listening for connections on ").removeprefix("Listening for connections on ")
        terminal = built.client(endpoint.strip().removesuffix("..."), "hans")
        terminal.type("hello from the terminal\n")
        page.message("hello from the terminal")
        page.say("hello from the page")
        terminal.says("hello from the page")
        (gateway,) = gateways(broker.process.pid)
        broker.process.kill()
        broker.process.wait()
        eventually(lambda: not Path(f"/proc/{gateway}").exists() or _is_zombie(gateway), "the gateway ends")
        page.close()
        _again, same = start(built, tmp_path, int(url.rpartition(":")[2]), "--web-guests")
        assert same == url
        assert browser.ask("GET", "/session").said["name"] == "heidi"
        back = browser.page()
        assert back.event("welcome")["name"] == "heidi"
        back.close()


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def surroundings(pid: int) -> dict[str, str]:
    """Return a process's environment."""
    found = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(one.split("=", 1) for one in found if "=" in one)


def test_a_gateway_that_ends_is_started_again_without_another_invite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "of another program")
    monkeypatch.setenv("CHAT_WEB_NAME", "porter")
    with house(tmp_path) as built:
        broker, _url = start(built, tmp_path, 0, "--log-json")
        (gateway,) = gateways(broker.process.pid)
        given = surroundings(gateway)
        assert "&invite=" in given["CHAT_WEB_CONNECT"]
        assert given["CHAT_WEB_NAME"] == "porter"
        assert "DATABASE_PASSWORD" not in given
        os.kill(gateway, 9)
        eventually(lambda: [one for one in gateways(broker.process.pid) if one != gateway], "another gateway")
        told = eventually(lambda: [one for one in broker.out if "The chat is at" in one][1:], "it listens")
        url = told[0].removeprefix("The chat is at ").strip().rstrip("/")
        assert Browser(url, "127.0.0.1").sign_up("pia").cookie
        (other,) = gateways(broker.process.pid)
        assert "invite" not in surroundings(other)["CHAT_WEB_CONNECT"]

        broker.process.send_signal(signal.SIGHUP)
        line = json.loads(broker.says("gateway for browsers: reloaded"))
        assert (line["level"], line["event"]) == ("notice", "broker")
        status = built.program("chat-broker", "--data", str(tmp_path / "data"), "status")
        assert status.wait() == 0, status.err
        assert f"browsers     chat-web serves {url}/" in status.out
        broker.process.terminate()
        assert broker.wait() == 0
        assert not Path(f"/proc/{other}").exists()
        assert any("the gateway for browsers ended with code -9" in line for line in broker.err)


def test_what_others_could_read_is_refused(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        data = ("--data", str(tmp_path / "data"), "--bind", "tcp://127.0.0.1:0")
        broker = built.program("chat-broker", *data, "--web", "*:0")
        assert broker.wait() == 3
        assert "http that others can read" in broker.err[-1]
        guests = built.program("chat-broker", *data, "--web-guests")
        assert guests.wait() == 2


def test_a_page_links_terminals_at_the_endpoint_that_the_broker_has_for_them(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        broker, url = start(built, tmp_path, 0, "--curve")
        told = next(line for line in broker.out if line.startswith("Clients connect to "))
        page = Browser(url, "127.0.0.1").sign_up("lotte").page()
        shown = page.ask("link-device", current=PASSWORD)
        assert shown["address"] == f"{told.split()[-1]}&link={shown['code']}"
        page.close()
