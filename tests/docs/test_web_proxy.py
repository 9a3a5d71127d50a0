"""Proxies in front of two gateways, as docs/web.md has them: those that are installed, else a relay."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from certificates import make_certificate
from docs.fenced import block, blocks
from docs.relay import Relay
from eventually import eventually
from programs import Program
from web_stage import Browser, Town, town

EXAMPLES = blocks("docs/web.md", "nginx", "caddy")
PATH = f"{os.environ['PATH']}:/usr/sbin"
INSTALLED = [kind for kind in ("nginx", "caddy") if shutil.which(kind, path=PATH)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def nginx(home: Path, server: str, port: int) -> list[str]:
    """Return the command for nginx with the document's server."""
    made = make_certificate(home, "chat.example.org")
    server = re.sub(r"/etc/\S+fullchain.pem", str(made.file), server)
    server = re.sub(r"/etc/\S+privkey.pem", str(made.key), server).replace("443", f"127.0.0.1:{port}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    file = home / "nginx.conf"
    paths = " ".join(f"{kind}_temp_path {home}/{kind};" for kind in kinds)
    top = f"daemon off; master_process off; pid {home}/pid; error_log stderr; events {{}}\n"
    file.write_text(f"{top}http {{ access_log off; {paths}\n{server}}}")
    return ["nginx", "-p", str(home), "-c", str(file)]


def caddy(home: Path, site: str, port: int) -> list[str]:
    """Return the command for Caddy with the document's site, and a certificate of its own."""
    file = home / "Caddyfile"
    quiet = "admin off\nskip_install_trust\nauto_https disable_redirects\nlog {\nlevel ERROR\n}"
    site = site.replace("chat.example.org {", f"https://localhost:{port} {{\nbind 127.0.0.1\ntls internal")
    file.write_text(f"{{\n{quiet}\nstorage file_system {home}/caddy\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]


@contextmanager
def proxy(kind: str, home: Path, first: int, second: int) -> Iterator[str]:
    """Run a proxy of the document in front of two ports; give its address."""
    port = free_port()
    if kind == "relay":
        relay = Relay(("127.0.0.1", port), ("127.0.0.1", first))
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            relay.close()
        return
    text = block("docs/web.md", kind).body.replace(":8080", f":{first}").replace(":8081", f":{second}")
    command = {"nginx": nginx, "caddy": caddy}[kind](home, text, port)
    environment = {"PATH": PATH, "HOME": str(home)}
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as running:
        try:
            eventually(lambda: running.poll() is not None or _listens(port), "the proxy listens")
            assert running.poll() is None, running.stderr and running.stderr.read()
            yield f"https://localhost:{port}"
        finally:
            running.terminate()
            running.communicate()


def _listens(port: int) -> bool:
    context = ssl._create_unverified_context()
    try:
        with socket.create_connection(("127.0.0.1", port)) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()  # Caddy makes a certificate first
    except OSError:
        return False
    return True


def second_gateway(made: Town, home: Path) -> str:
    """Start another gateway below /team, and return its address."""
    fixed = ("--listen", "127.0.0.1:0", "--proxy", "127.0.0.0/8", "--guests", "--name", "web2")
    own = ("--connect", made.invite("--role", "gateway", "--guests"), "--identity", str(home / "second.key"))
    program: Program = made._house.program("chat-web", *fixed, *own, "--base-path", "/team")
    return program.says("The chat is at ").removeprefix("The chat is at ").strip()


def test_people_of_two_chats_talk_and_send_files_through_the_proxies_of_the_document(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open()
        ports = [urlsplit(url).port or 0 for url in (made.url, second_gateway(made, tmp_path))]
        for kind in INSTALLED or ["relay"]:
            with proxy(kind, tmp_path, *ports) as url:
                talk(url, kind)
                if kind != "relay":
                    stay_apart(url, kind)


def talk(url: str, kind: str) -> None:
    """Sign up, send a file of more than one part, and see the address from which that came."""
    browser = Browser(url, "6.6.6.6")  # what the browser itself says of its address
    browser.source = ("127.0.0.2", 0)
    browser.sign_up(f"petra-{kind}")
    page = browser.page()
    page.event("welcome")
    page.ask("open", conversation="#lobby")
    size, part = 1_500_000, 1 << 20
    begun = browser.ask("POST", "/files", {"name": "a", "size": size}).said["id"]
    browser.ask("PUT", f"/files/{begun}?offset=0", b"x" * part)
    sent = browser.ask("PUT", f"/files/{begun}?offset={part}", b"x" * (size - part))
    assert sent.said["complete"] is True
    seq = page.say(f"through {kind}", files=[begun])
    assert len(browser.ask("GET", f"/files/of/%23lobby/{seq}/1").data) == size
    assert browser.ask("POST", "/session", {}, Origin="https://evil.example").status == 403
    (session,) = page.ask("sessions")["sessions"]
    assert session["address"] == ("6.6.6.6" if kind == "relay" else "127.0.0.2")
    page.close()


def stay_apart(url: str, kind: str) -> None:
    """Come into both chats with one browser, which sends the cookies of both to the one below /team."""
    first, team = Browser(url, ""), Browser(f"{url}/team", "")
    told = first.sign_in(f"gil-{kind}", guest=True).headers["set-cookie"]
    assert told.startswith("__Host-chat=")
    assert all(word in told for word in ("Secure", "Path=/;"))
    told = team.sign_in(f"tim-{kind}", guest=True).headers["set-cookie"]
    assert told.startswith("__Secure-chat-team=")
    assert "Path=/team;" in told
    team.cookie = f"{first.cookie}; {team.cookie}"
    page = team.page()
    assert page.event("welcome")["name"] == f"tim-{kind}"
    page.close()
    assert first.ask("GET", "/team").status in (301, 308)
