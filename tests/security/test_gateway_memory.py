"""No password is in the gateway's memory when it has been answered, wherever it came in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from certificates import make_certificate
from eventually import eventually
from programs import SCRIPTS
from security.memory import copies
from web_stage import Browser, town

FIRST, WRONG, SECOND, GUESSED = (f"Zebra-{word}-äöü-1q2w3e" for word in ("one", "wrong", "two", "guessed"))


@pytest.mark.long
def test_no_password_stays_in_the_memory_of_the_gateway(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open_broker()
        script = ("-u", "MALLOC_PERTURB_", sys.executable, "-P", str(SCRIPTS / "chat-web"))
        address = made.invite("--role", "gateway", "--guests", "--accounts")
        fixed = ("--listen", "127.0.0.1:0", "--connect", address, "--identity", str(tmp_path / "web.key"))
        file, key = make_certificate(tmp_path, "one")
        gateway = made._house.program("/usr/bin/env", *script, *fixed, "--cert", str(file), "--key", str(key))
        url = gateway.says("The chat is at ").removeprefix("The chat is at ").strip().rstrip("/")

        browser = Browser(url, "127.0.0.1")
        assert browser.sign_in("anna", sign_up=True, password=FIRST).status == 200
        assert browser.sign_in("anna", password=WRONG).status == 403
        assert browser.sign_in("anna", password=FIRST).status == 200
        page = browser.page()
        page.event("welcome")
        for answers in ([FIRST, SECOND, SECOND], [GUESSED, SECOND, SECOND]):
            page.put("command", conversation="#lobby", line="/password")
            asked = page.event("question")
            page.ask("answer", question=asked["question"], answers=answers)
            page.event("notice")
        again = Browser(url, "127.0.0.1")  # over its own session it would end that
        assert again.sign_in("anna", password=SECOND).status == 200
        eventually(
            lambda: not any(copies(gateway.process.pid, one) for one in (FIRST, WRONG, SECOND, GUESSED)),
            "all passwords are forgotten",
        )
        page.say("a text that the gateway keeps")
        assert copies(gateway.process.pid, "a text that the gateway keeps") > 0
        page.close()
