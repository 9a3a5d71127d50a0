"""Parse endpoints as people write them into those of ZeroMQ."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from messages.keys import key_from_address, key_to_address
from messages.limits import MAX_TOKEN
from messages.text import refuse_undecoded

DEFAULT_PORT = "9009"
DEFAULT_ENDPOINT = f"tcp://127.0.0.1:{DEFAULT_PORT}"

_MAX_IPC_PATH = 107  # sun_path of unix(7), less its closing NUL
_FORMS = "write tcp://HOST:PORT, HOST:PORT or ipc://PATH"
_HOST = re.compile(r"(?:\*|\[[0-9A-Za-z:.%_-]+\]|[0-9A-Za-z._-]+)\Z")


class Endpoint(NamedTuple):
    """A checked endpoint: `url` for ZeroMQ, and its parts.

    `key` is the broker's public key (Z85), `invite` a token and `link` the code of another device. They are
    empty if the address has none.
    """

    url: str
    transport: str
    host: str
    key: str = ""
    invite: str = ""
    link: str = ""

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.transport != "tcp" or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False


def parse_endpoint(text: str, port: str = "") -> Endpoint:
    """Read `tcp://HOST:PORT`, `HOST:PORT`, `ipc://PATH`, `inproc://NAME` or `chat://HOST:PORT?key=KEY`.

    Raise ValueError with a sentence if it is none of these. Port 0 means any free port. If `port` is given,
    a host without a port has it.
    """
    refuse_undecoded(text)
    transport, separator, rest = text.partition("://")
    if not separator:
        transport, rest = "tcp", text
    if transport == "tcp":
        return _parse_tcp(text, rest, port)
    if transport == "chat":
        return _parse_chat(text, rest, port)
    if transport in ("ipc", "inproc") and rest and "\0" not in rest:
        if transport == "ipc" and len(rest.encode()) > _MAX_IPC_PATH:
            raise ValueError(f"{text}: an ipc path has at most {_MAX_IPC_PATH} bytes")
        return Endpoint(f"{transport}://{rest}", transport, "")
    raise ValueError(f"{text}: {_FORMS}")


def address_to_connect(text: str) -> Endpoint:
    """Read the address of a broker, which has the default port if none is given."""
    return parse_endpoint(text, DEFAULT_PORT)


def _parse_tcp(text: str, rest: str, usual: str) -> Endpoint:
    if usual and _HOST.match(rest) and not rest.isdecimal():
        rest = f"{rest}:{usual}"
    host, colon, port = rest.rpartition(":")
    if not colon or not _HOST.match(host):
        raise ValueError(f"{text}: {_advice(rest)}")
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65_535):
        raise ValueError(f"{text}: a port is a number from 0 to 65535")
    name, zone, rest = host.partition("%")  # a name has no case, an interface has
    host = f"{name.lower()}{zone}{rest}"
    return Endpoint(f"tcp://{host}:{int(port)}", "tcp", host)


def _advice(rest: str) -> str:
    """Return how to write an endpoint that is not a host, a colon and a port."""
    if rest.removeprefix(":").isdecimal():
        return "write the host too, such as tcp://127.0.0.1:9009"
    if _HOST.match(rest):
        return f"write the port too, such as tcp://{rest}:9009"
    if rest.count(":") > 1:
        return "write an IPv6 host in [ ], such as tcp://[::1]:9009"
    return _FORMS


def _parse_chat(text: str, rest: str, usual: str) -> Endpoint:
    address, _, query = rest.partition("?")
    fields = dict(parse_qsl(query))
    if "key" not in fields:
        raise ValueError(
            f"{text}: write chat://HOST:PORT?key=KEY, as the broker prints it; quote it in a shell"
        )
    try:
        key = key_from_address(fields["key"])
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from None
    invite, link = fields.get("invite", ""), fields.get("link", "")
    for name, token in (("an invite", invite), ("a code", link)):
        if not (len(token) <= MAX_TOKEN and token.isascii() and token.isprintable()):
            raise ValueError(f"{text}: {name} has letters, digits, - and _; copy the whole address")
    return _parse_tcp(text, address.rstrip("/"), usual)._replace(key=key, invite=invite, link=link)


def chat_address(url: str, key: str, invite: str = "", link: str = "") -> str:
    """Return the chat:// address of a broker that listens on `url` (tcp) with the public key `key` (Z85)."""
    ending = f"&invite={quote(invite, safe='')}" if invite else ""
    ending += f"&link={quote(link, safe='')}" if link else ""
    return f"chat://{url.removeprefix('tcp://')}?key={key_to_address(key)}{ending}"
