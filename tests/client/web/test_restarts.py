"""Broker and gateway end and come back: nobody types a password again, and nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import house
from web_stage import eventually, plain, town
from websockets.exceptions import ConnectionClosed


def test_after_the_kill_of_either_people_go_on(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open()
        browser = made.browser().sign_up("gina")
        page = browser.page()
        page.event("state", state="connected")
        page.ask("open", conversation="#lobby")
        page.say("before")

        made.kill(made.broker)
        page.event("state", state="trying")
        ref = page.put("send", to="#lobby", text="meanwhile", ref="0192-meanwhile")
        assert page.event("sent", ref=ref)["state"] == "sending"
        made.open_broker()
        page.event("state", state="connected")
        page.take(
            lambda said: said["type"] == "sent" and said["ref"] == ref and said.get("seq"), "it is accepted"
        )

        made.kill(made.gateway)
        with pytest.raises(ConnectionClosed):
            page.event("nothing")
        made.open_gateway()
        again = browser.page()
        assert again.event("welcome")["name"] == "gina"
        again.say("meanwhile", ref=ref)
        log = again.ask("open", conversation="#lobby")
        assert [plain(one) for one in log["messages"]] == ["before", "meanwhile"]
        assert browser.ask("GET", "/session").said["name"] == "gina"


def test_a_gateway_at_its_end_says_so_and_keeps_the_tickets(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open()
        browser = made.browser().guest("gustav")
        page = browser.page()
        page.event("welcome")
        assert made.gateway
        made.gateway.process.terminate()
        assert made.gateway.wait() == 0, made.gateway.err
        with pytest.raises(ConnectionClosed):
            page.event("nothing")
        assert made.gateway.err == []
        made.open_gateway()
        assert browser.ask("GET", "/session").said["name"] == "gustav"


def test_a_gateway_without_the_role_says_what_to_do(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open_broker()
        made.open_gateway()
        assert made.gateway
        assert made.gateway.says("chat-broker invite --role gateway")
        browser = made.browser()
        form = browser.ask("GET", "/session").said
        assert (form.get("guests", False), form["sign_up"]) == (False, False)
        refused = browser.sign_in("gerda", guest=True)
        assert refused.said["text"] == "This page may not let people in any more; tell who runs it."


def test_an_address_without_a_key_is_refused(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        for address in ("tcp://127.0.0.1:9", "ipc:///tmp/none"):
            gateway = built.program("chat-web", "--listen", "127.0.0.1:0", "--connect", address)
            assert gateway.wait() == 2
            assert "the gateway needs an encrypted connection" in gateway.err[0]
        exposed = built.program("chat-web", "--listen", "*:0", "--connect", "tcp://127.0.0.1:9")
        assert exposed.wait() == 2
        assert "--insecure" in exposed.err[-1]


@pytest.mark.parametrize("anew", [False, True], ids=["the gateway knows them", "it was started anew"])
def test_who_signs_out_while_the_broker_is_away_is_out_when_it_is_back(tmp_path: Path, anew: bool) -> None:
    with town(tmp_path) as made:
        made.open()
        browser, other = made.browser().sign_up("gina"), made.browser().guest("bob").page()
        cookie = browser.cookie
        if anew:
            made.kill(made.gateway)
            made.open_gateway()
            other = made.browser().guest("bert").page()
        other.event("state", state="connected")
        made.kill(made.broker)
        other.event("state", state="trying")
        assert browser.ask("DELETE", "/session").status == 200
        assert browser.cookie == ""
        made.open_broker("--log-level", "notice")
        log = made.broker.err  # type: ignore[union-attr]
        eventually(lambda: any("logged out" in line and "gina" in line for line in log), "gina is logged out")
        made.kill(made.gateway)
        made.open_gateway()
        thief = made.browser()
        thief.cookie = cookie
        assert "name" not in thief.ask("GET", "/session").said
