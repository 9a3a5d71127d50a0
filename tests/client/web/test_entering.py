"""Signing in and out over HTTP: forms, cookies, and who is not let in."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from web_stage import PASSWORD, Town, health
from websockets.exceptions import ConnectionClosed

from client.web.cookie import Cookie, read_cookie, write_cookie
from client.web.routes.answers import Site
from client.web.routes.entering import Entering


def test_a_cookie_is_for_this_site_and_no_script_and_has_no_password(open_town: Town) -> None:
    browser = open_town.browser()
    answer = browser.sign_in("dina", sign_up=True, password=PASSWORD, remember=True)
    assert answer.said["name"] == "dina"
    told = answer.headers["set-cookie"]
    assert all(word in told for word in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=2592000"))
    kept = read_cookie(browser.cookie.partition("=")[2])
    assert kept is not None
    assert (kept.name, kept.remember, bool(kept.ticket)) == ("dina", True, True)
    assert PASSWORD not in repr(kept)
    session_only = open_town.browser().sign_in("dina", password=PASSWORD)
    assert "Max-Age" not in session_only.headers["set-cookie"]


def test_behind_a_proxy_with_tls_the_cookie_is_bound_to_the_host(open_town: Town) -> None:
    answer = open_town.browser().ask(
        "POST",
        "/session",
        {"name": "guest20", "guest": True},
        X_Forwarded_Proto="https",
        Host="chat.example.org",
        Origin="https://chat.example.org",
    )
    assert answer.headers["set-cookie"].startswith("__Host-chat=")
    assert "Secure" in answer.headers["set-cookie"]


def test_a_refused_form_says_which_field_is_wrong(open_town: Town) -> None:
    assert open_town.browser().sign_up("dinah").cookie
    wrong = open_town.browser().sign_in("dinah", password="wrong horse")
    assert (wrong.status, wrong.said["field"], wrong.said["code"]) == (403, "password", "wrong-password")
    assert wrong.said["text"][0].isupper()
    assert open_town.browser().sign_in("no name", password=PASSWORD).said["field"] == "name"
    assert open_town.browser().sign_in("dinah").said["field"] == "password"
    short = open_town.browser().sign_in("dinah2", password="short", sign_up=True)
    assert (short.status, short.said["field"]) == (403, "password")
    assert "8 to 256" in short.said["text"]
    garbled = open_town.browser().sign_in("dinah2", password=PASSWORD, sign_up=True, invite="é")
    assert (garbled.status, garbled.said["field"]) == (403, "invite")
    assert open_town.browser().ask("POST", "/session", b"{}").status == 400
    assert open_town.browser().ask("POST", "/session", b"x" * 10_000).status == 400


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("password", {"password": "short", "sign_up": True}),
        ("password", {"password": "x" * 257}),
        ("invite", {"password": PASSWORD, "sign_up": True, "invite": "é"}),
        ("invite", {"password": PASSWORD, "sign_up": True, "invite": "x" * 201}),
        ("name", {"name": "a\0b", "password": PASSWORD}),
    ],
)
def test_what_no_broker_takes_is_refused_at_once(
    open_town: Town, field: str, form: dict[str, object]
) -> None:
    assert open_town.gateway
    answer = open_town.browser().ask("POST", "/session", {"name": "dorothy", **form})
    assert (answer.status, answer.said["field"]) == (403, field)
    assert open_town.gateway.err == []


@pytest.mark.parametrize(
    "cookie",
    [
        Cookie("id", "a\0b", "ticket", guest=False, remember=True),
        Cookie("id", "", "ticket", guest=False, remember=True),
        Cookie("id", "dorothy", "é", guest=True, remember=True),
        Cookie("id", "dorothy", "x" * 2_000, guest=False, remember=True),
    ],
)
def test_a_cookie_that_nobody_was_given_is_no_fault(open_town: Town, cookie: Cookie) -> None:
    assert open_town.gateway
    browser = open_town.browser()
    answers = []
    for method in ("GET", "DELETE"):
        browser.cookie = f"chat-{browser.host.partition(':')[2]}={write_cookie(cookie)}"
        answers.append(browser.ask(method, "/session"))
    assert [(one.status, "name" in one.said) for one in answers] == [(200, False)] * 2
    assert open_town.gateway.err == []


class _Nobody:
    """A desk and people who are never asked."""

    title = ""

    def can(self, _ability: str) -> bool:
        return True


@pytest.mark.parametrize("way", ["guest", "sign_up"])
def test_nobody_comes_in_a_way_that_is_not_offered(way: str) -> None:
    async def come() -> Response:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": json.dumps({"name": "gus", way: True}).encode()}

        headers = [(b"host", b"127.0.0.1"), (b"origin", b"http://127.0.0.1")]
        scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/session", "query_string": b""}
        nobody: Any = _Nobody()
        entering = Entering(nobody, nobody, Site(sign_up=False))
        return await entering.sign_in(Request({**scope, "headers": headers, "client": None}, receive))

    answer = asyncio.run(come())
    assert (answer.status_code, json.loads(bytes(answer.body))["code"]) == (403, "not-permitted")


@pytest.mark.parametrize(
    ("origin", "name"),
    [(None, "gus1"), ("https://evil.example", "gus2"), ("null", "gus3"), ("http://127.0.0.1:1", "gus4")],
)
def test_no_other_site_signs_in_or_out_or_opens_a_socket(
    open_town: Town, origin: str | None, name: str
) -> None:
    browser = open_town.browser()
    assert browser.ask("POST", "/session", {"name": "x", "guest": True}, Origin=origin).status == 403
    browser.guest(name)
    assert browser.ask("DELETE", "/session", Origin=origin).status == 403
    assert browser.ask("POST", "/files", {"name": "x", "size": 1}, Origin=origin).status == 403
    if origin is not None:
        assert browser.refusal(Origin=origin) == 403
    assert browser.refusal() == 0


def test_without_a_cookie_there_is_no_socket_and_no_file(open_town: Town) -> None:
    browser = open_town.browser()
    assert browser.refusal() == 403
    assert browser.ask("GET", "/files/of/%23lobby/1/1").status == 401
    assert browser.ask("POST", "/files", {"name": "x", "size": 1}).status == 401
    for forged in ("chat-1=x", f"chat-{browser.host.rpartition(':')[2]}=WyJhIiwiYiIsImMiLGZhbHNlLGZhbHNlXQ"):
        browser.cookie = forged
        assert browser.refusal() == 403
        assert "name" not in browser.ask("GET", "/session").said


def test_signing_out_closes_all_tabs_and_ends_the_ticket(open_town: Town) -> None:
    browser = open_town.browser().sign_up("dirk")
    one, two, kept = browser.page(), browser.page(), browser.cookie
    assert browser.ask("DELETE", "/session").status == 200
    assert browser.cookie == ""
    for page in (one, two):
        assert page.event("state", state="ended")["text"]
        with pytest.raises(ConnectionClosed):
            page.event("nothing")
    browser.cookie = kept
    assert "name" not in browser.ask("GET", "/session").said


def test_whoever_tries_too_often_has_to_wait(open_town: Town) -> None:
    browser = open_town.browser()
    answers = [browser.sign_in("?", password=PASSWORD) for _ in range(31)]
    assert answers[-1].status == 429
    assert answers[-1].said["retry_after"] > 0
    assert open_town.browser().sign_in("?", password=PASSWORD).status == 403


def test_a_page_is_the_same_for_everyone_and_runs_only_its_own_scripts(open_town: Town) -> None:
    stranger, known = open_town.browser(), open_town.browser().guest("guest22")
    shell = stranger.ask("GET", "/")
    assert shell.data == known.ask("GET", "/").data
    policy = shell.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert shell.headers["x-content-type-options"] == "nosniff"
    path = shell.data.decode().partition('src="')[2].partition('"')[0]
    script = stranger.ask("GET", f"/{path}", Accept_Encoding="gzip")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    assert stranger.ask("GET", "/static/other/main.js").status == 404
    assert stranger.ask("GET", "/static/../cli.py").status == 404
    assert stranger.ask("GET", f"/{path.rpartition('/')[0]}/..%2f..%2fcli.py").status == 404
    again = stranger.ask("GET", "/", If_None_Match=shell.headers["etag"])
    assert (again.status, again.data) == (304, b"")


def test_the_health_says_that_the_broker_is_there(open_town: Town) -> None:
    assert health(open_town)["broker"] is True


def test_what_a_page_must_not_send_ends_its_socket(open_town: Town) -> None:
    for wrong in (
        "{",
        '{"type":"open","ref":"1","conversation":"#x","more":1}',
        '{"type":"login"}',
        "x" * 200_000,
    ):
        page = open_town.guest(f"guest3{len(wrong)}")
        page.socket.send(wrong)
        with pytest.raises(ConnectionClosed):
            page.event("nothing")
    assert health(open_town)["broker"] is True


def test_a_cookie_is_its_session_from_each_address_until_that_ends(open_town: Town) -> None:
    browser = open_town.browser().sign_up("dunja")
    thief = open_town.browser("2001:db8::1")
    thief.cookie = browser.cookie
    assert thief.ask("GET", "/session").said["name"] == "dunja"
    page = browser.page()
    sessions = page.ask("sessions")["sessions"]
    assert len(sessions) == 1, "the thief is not another session, so signing out ends it there, too"
    page.put("sign-out")
    page.event("state", state="ended")
    assert "name" not in thief.ask("GET", "/session").said
    assert thief.refusal() == 403


def test_who_signs_in_over_another_session_ends_that_with_its_ticket(open_town: Town) -> None:
    browser = open_town.browser().sign_up("edgar")
    page, kept = browser.page(), browser.cookie
    browser.sign_up("edda")
    page.event("state", state="ended")
    browser.cookie = kept
    assert "name" not in browser.ask("GET", "/session").said
