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

import pytest
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


@pytest.mark.parametrize("kind", INSTALLED or ["relay"])
def test_people_of_two_chats_talk_and_send_files_through_a_proxy_of_the_document(
    kind: str, tmp_path: Path
) -> None:
    with town(tmp_path) as made:
        made.open()
        ports = [urlsplit(url).port or 0 for url in (made.url, second_gateway(made, tmp_path))]
        with proxy(kind, tmp_path, *ports) as url:
            browser = Browser(url, "6.6.6.6")  # what the browser itself says of its address
            browser.source = ("127.0.0.2", 0)
            browser.sign_up("petra")
            page = browser.page()
            page.event("welcome")
            page.ask("open", conversation="#lobby")
            begun = browser.ask("POST", "/files", {"name": "a", "size": 1_500_000}).said["id"]
            browser.ask("PUT", f"/files/{begun}?offset=0", b"x" * (1 << 20))
            sent = browser.ask("PUT", f"/files/{begun}?offset={1 << 20}", b"x" * (1_500_000 - (1 << 20)))
            assert sent.said["complete"] is True
            seq = page.say("through the proxy", files=[begun])
            assert len(browser.ask("GET", f"/files/of/%23lobby/{seq}/1").data) == 1_500_000
            assert browser.ask("POST", "/session", {}, Origin="https://evil.example").status == 403
            if kind != "relay":
                told = browser.sign_in("petra2", guest=True).headers["set-cookie"]
                assert told.startswith("__Host-chat=")
                assert all(word in told for word in ("Secure", "Path=/;"))
                team = Browser(f"{url}/team", "6.6.6.6")
                told = team.sign_in("tim", guest=True).headers["set-cookie"]
                assert told.startswith("__Secure-chat-team=")
                assert "Path=/team;" in told
                both = team.cookie = f"{browser.cookie}; {team.cookie}"  # a browser sends both below /team
                other = team.page()
                assert other.event("welcome")["name"] == "tim"
                assert both == team.cookie
                assert other.socket.close() is None
                assert browser.ask("GET", "/team").status in (301, 308)
            (session,) = page.ask("sessions")["sessions"]
            assert session["address"] == ("6.6.6.6" if kind == "relay" else "127.0.0.2")
            page.close()
