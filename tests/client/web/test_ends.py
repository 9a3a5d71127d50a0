"""What ends a person's session or ticket at the broker ends it in their browser."""

from __future__ import annotations

from pathlib import Path

from eventually import DEADLINE, eventually
from web_stage import PASSWORD, Town, town

from client.chat import Chat
from messages.moderation import Ban, Role, SetRole


def test_a_ban_another_password_and_the_loss_of_the_role_end_tickets(tmp_path: Path) -> None:
    door = f"ipc://{tmp_path}/door"
    with town(tmp_path) as made:
        made.open("--bind", door)
        with Chat(door, name="oscar", timeout=DEADLINE) as operator:
            _ban(made, operator)
            _change_password(made)
            _take_role(made, operator)


def _ban(made: Town, operator: Chat) -> None:
    browser = made.browser().sign_up("bruno")
    page = browser.page()
    page.event("welcome")
    operator.ask(Ban, name="bruno", reason="spam")
    assert page.event("state", state="ended")["text"]
    assert "name" not in browser.ask("GET", "/session").said
    assert browser.refusal() == 403
    assert made.browser().sign_in("bruno", password=PASSWORD).status == 403


def _change_password(made: Town) -> None:
    browser = made.browser().sign_up("berta")
    stolen, page = browser.cookie, browser.page()
    page.put("command", conversation="#lobby", line="/password")
    asked = page.event("question")
    page.ask("answer", question=asked["question"], answers=[PASSWORD, "battery staple", "battery staple"])
    page.take(lambda said: said["type"] == "notice" and said.get("kind") == "result", "it is changed")
    assert browser.ask("GET", "/session").said["name"] == "berta"
    made.kill(made.gateway)
    made.open_gateway()
    kept, browser.cookie = browser.cookie, stolen
    assert "name" not in browser.ask("GET", "/session").said
    browser.cookie = kept
    assert browser.ask("GET", "/session").said["name"] == "berta"


def _take_role(made: Town, operator: Chat) -> None:
    browser = made.browser().guest("bela")
    page = browser.page()
    page.event("welcome")
    operator.ask(SetRole, name="web", role=Role.MEMBER)
    page.event("state", state="ended")
    assert browser.refusal() == 403
    refused = made.browser().sign_in("berta", password="battery staple")
    assert refused.said["text"] == "This page may not let people in any more; tell who runs it."
    eventually(lambda: "name" not in browser.ask("GET", "/session").said, "the session is over")
