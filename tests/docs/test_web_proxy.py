"""A proxy in front of the gateway, as docs/web.md has it: nginx if it is installed, else a relay."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from docs.fenced import blocks
from docs.relay import Relay
from eventually import eventually
from web_stage import Browser, town

EXAMPLES = blocks("docs/web.md", "nginx")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def proxy(home: Path, target: int) -> Iterator[int]:
    """Run the document's configuration in front of a port; give the port of the proxy."""
    port = free_port()
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        relay = Relay(("127.0.0.1", port), ("127.0.0.1", target))
        try:
            yield port
        finally:
            relay.close()
        return
    location = EXAMPLES[0].body
    file = home / "nginx.conf"
    paths = " ".join(
        f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file.write_text(
        f"daemon off; pid {home}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {paths} server {{ listen 127.0.0.1:{port};\n"
        f"{location.replace('127.0.0.1:8080', f'127.0.0.1:{target}')} }} }}\n"
    )
    running = subprocess.Popen([program, "-p", str(home), "-c", str(file)], stderr=subprocess.PIPE)
    try:
        eventually(lambda: running.poll() is not None or _listens(port), "nginx listens")
        assert running.poll() is None, running.stderr and running.stderr.read()
        yield port
    finally:
        running.terminate()
        running.communicate()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_people_talk_and_send_files_through_the_proxy_of_the_document(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        made.open()
        with proxy(tmp_path, int(urlsplit(made.url).port or 0)) as port:
            browser = Browser(f"http://127.0.0.1:{port}", "198.51.100.7").sign_up("petra")
            page = browser.page()
            try:
                page.event("welcome")
                page.ask("open", conversation="#lobby")
                begun = browser.ask("POST", "/files", {"name": "a", "size": 1_000_000}).said["id"]
                assert (
                    browser.ask("PUT", f"/files/{begun}?offset=0", b"x" * 1_000_000).said["complete"] is True
                )
                seq = page.say("through the proxy", files=[begun])
                assert len(browser.ask("GET", f"/files/of/%23lobby/{seq}/1").data) == 1_000_000
                (session,) = page.ask("sessions")["sessions"]
                assert session["address"] in ("127.0.0.1", "198.51.100.7")
            finally:
                page.close()
