"""The process for its operator: TLS, signals, the access log, the numbers, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from certificates import make_certificate
from eventually import eventually
from programs import house
from web_stage import PASSWORD, Town, town

from client.web.checking import read_cookie


def subject(url: str) -> bytes | None:
    """Return the certificate that a gateway shows."""
    host, _, port = url.removeprefix("https://").partition("/")[0].rpartition(":")
    context = ssl._create_unverified_context()
    with socket.create_connection((host, int(port))) as plain, context.wrap_socket(plain) as wrapped:
        return wrapped.getpeercert(binary_form=True)


def hang_up(made: Town, says: str) -> None:
    assert made.gateway
    before = len(made.gateway.err)
    made.gateway.process.send_signal(signal.SIGHUP)
    eventually(
        lambda: [one for one in made.gateway.err[before:] if says in one], f"{says}: {made.gateway.err}"
    )


def test_over_tls_people_stay_connected_while_certificate_and_log_are_renewed(tmp_path: Path) -> None:
    first, log = make_certificate(tmp_path, "first"), tmp_path / "access.log"
    with town(tmp_path) as made:
        made.open_broker()
        made.open_gateway(
            *("--cert", str(first.file), "--key", str(first.key), "--access-log", str(log), "--log-json"),
            connect=made.invite("--role", "gateway"),
        )
        browser = made.browser()
        entered = browser.sign_in("tina", sign_up=True, password=PASSWORD)
        told = entered.headers["set-cookie"]
        assert told.startswith("__Host-chat=")
        assert all(word in told for word in ("Secure", "HttpOnly", "Path=/;"))
        assert browser.ask("GET", "/").headers["strict-transport-security"] == "max-age=31536000"
        page = browser.page()
        page.ask("open", conversation="#lobby")

        shown = subject(made.url)
        log.rename(tmp_path / "moved.log")
        second = make_certificate(tmp_path, "second")
        first.file.write_bytes(second.file.read_bytes())
        hang_up(made, "nothing is reloaded")
        assert subject(made.url) == shown
        first.key.write_bytes(second.key.read_bytes())
        hang_up(made, "reloaded: the access log and the certificate")
        assert subject(made.url) not in (shown, None)
        page.say("still here")
        browser.ask("GET", "/session?invite=secret-in-a-query")
        browser.ask("GET", "/secret-in-a-path")
        browser.sign_in("tina", password="wrong horse")
        page.close()
        made.gateway.process.terminate()  # type: ignore[union-attr]
        assert made.gateway.wait() == 0  # type: ignore[union-attr]

    moved, written = (file.read_text() for file in (tmp_path / "moved.log", log))
    kept = read_cookie(told.partition("=")[2].partition(";")[0])
    assert kept
    for secret in (PASSWORD, "wrong horse", kept.id, kept.ticket, "secret", "invite", "__Host"):
        assert secret not in moved + written
    lines = [json.loads(line) for line in written.splitlines()]
    shown_of = [(one["method"], one["path"], one["status"], one.get("outcome")) for one in lines]
    assert ("GET", "/session", 200, None) in shown_of
    assert ("GET", "-", 404, None) in shown_of
    assert ("POST", "/session", 403, "wrong-password") in shown_of
    assert ("GET", "/socket", 101, None) in shown_of
    (first_line,) = (one for one in map(json.loads, moved.splitlines()) if one["method"] == "POST")
    assert (first_line["address"], first_line["name"], first_line["outcome"]) == (
        browser.address,
        "tina",
        "signed in",
    )


def test_below_a_base_path_numbers_and_health_say_how_it_is_until_all_is_lost(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open_broker()
        grant = made.invite("--role", "gateway", "--guests")
        made.open_gateway("--base-path", "/chat", "--metrics", ":0", connect=grant)
        assert made.gateway
        operator = made._house.client(made.address, "olga", "--identity", str(tmp_path / "olga.key"))
        taken = urlsplit(made.url).netloc
        same = ("--connect", grant, "--identity", str(tmp_path / "gateway.key"))
        second = made._house.program("chat-web", *same, "--listen", taken)
        browser = made.browser()
        told = browser.sign_in("bea", sign_up=True, password=PASSWORD).headers["set-cookie"]
        assert told.startswith(f"chat-{browser.host.rpartition(':')[2]}-chat=")
        assert "Path=/chat;" in told
        page = browser.page()
        assert page.event("welcome")["name"] == "bea"
        stranger = made.browser()
        proxied = stranger.ask("POST", "/session", {"name": "ben", "guest": True}, X_Forwarded_Proto="https")
        assert proxied.headers["set-cookie"].startswith("__Secure-chat-chat=")
        assert stranger.sign_in("?", guest=True).status == 403
        begun = browser.ask("POST", "/files", {"name": "a", "size": 1_000}).said["id"]
        browser.ask("PUT", f"/files/{begun}?offset=0", b"x" * 1_000)
        stranger.base = ""
        assert stranger.ask("GET", "/chat").headers["location"] == "/chat/"
        assert stranger.ask("GET", "/").status == 404

        wanted = {
            "chat_web_people": "2.0",
            "chat_web_tabs": "1.0",
            "chat_web_spool_bytes": "1000.0",
            "chat_web_upload_bytes_total": "1000.0",
            "chat_web_broker_connected": "1.0",
            "chat_web_role_granted": "1.0",
            'chat_web_sign_ins_total{outcome="done"}': "2.0",
            'chat_web_sign_ins_total{outcome="refused"}': "1.0",
        }
        eventually(lambda: wanted.items() <= numbers(made).items(), f"{wanted}")
        assert browser.ask("GET", "/healthz").said == {"broker": True, "role": True}
        assert second.wait() == 3
        assert f"cannot listen on {taken}" in second.err[-1]

        operator.says("as olga")
        data = ("--data", str(tmp_path / "broker"))
        assert made._house.program("chat-broker", *data, "op", "olga").wait() == 0
        operator.type("/deop * web\n")
        assert "no longer allowed" in page.event("state", state="ended")["text"]
        refused = made.browser().sign_in("guest", guest=True)
        assert refused.said["text"] == "This page may not let people in any more; tell who runs it."
        assert "chat-broker invite --role gateway" in made.gateway.says("lets nobody in")
        lost = browser.ask("GET", "/healthz")
        assert (lost.status, lost.said) == (503, {"broker": True, "role": False})
        assert not browser.ask("GET", "/session").said["sign_up"]

        made.kill(made.broker)
        (tmp_path / "broker" / "curve.key").unlink()
        made.open_broker()
        assert "of the address" in made.gateway.says("DOES NOT PROVE")
        gone = browser.ask("GET", "/healthz")
        assert (gone.status, gone.said["broker"]) == (503, False)


def numbers(made: Town) -> dict[str, str]:
    """Return what the gateway serves to Prometheus."""
    assert made.gateway
    with urllib.request.urlopen(made.gateway.says("metrics on ").rpartition(" ")[2]) as answer:
        rows = answer.read().decode().splitlines()
    return dict(row.rsplit(" ", 1) for row in rows if not row.startswith("#"))


def test_a_gateway_that_cannot_start_says_why(tmp_path: Path) -> None:
    one, other = (make_certificate(tmp_path, name) for name in ("one", "other"))
    with house(tmp_path) as built, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        key = "uP4F1G6bHIK23nw4yHmIsdXpXUFLb-bKRd6Qbuc8vwg"
        fixed = ("--connect", f"chat://127.0.0.1:9?key={key}", "--identity", str(tmp_path / "key"))
        started = [
            (built.program("chat-web", *fixed, *arguments), code, told)
            for arguments, code, told in (
                (("--cert", str(one.file), "--key", str(other.key)), 3, "is not the key of"),
                (("--metrics", f":{port}"), 3, "cannot serve metrics on"),
                (("--access-log", str(tmp_path / "no" / "log")), 3, "cannot open the access log"),
                (("--base-path", "/a;b"), 2, "letters, digits"),
            )
        ]
        for program, code, told in started:
            assert (program.wait(), told in program.err[-1]) == (code, True), program.err
            assert "Traceback" not in "".join(program.err)
