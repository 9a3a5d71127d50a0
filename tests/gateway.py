"""A core with a gateway, for tests of who logs in through it."""

from __future__ import annotations

from typing import Any

from keyring import KEYS
from wired import BEGINNING, Chat, Client, FragileStore

from broker.core.access.invites import invite_secret, make_invite
from broker.core.access.tickets import ticket_secret
from broker.core.settings import AccessPolicy
from messages.requests import Login, Logout

ALICE, PHONE, BOB, GATE, OTHER_GATE = KEYS[:5]
KEY = b"the broker's own"
SECRET = invite_secret(KEY)
PASSWORD = "correct horse"
HERE, THERE = "198.51.100.7", "203.0.113.9"


def invite(nonce: int, role: str = "", *, uses: int = 1, **grant: Any) -> str:
    return make_invite(SECRET, nonce.to_bytes(9, "big"), BEGINNING.at + 86_400_000, uses, role, **grant)


class Town(Chat):
    """A chat with a gateway `web`, and what its users do."""

    def __init__(
        self, access: str = "open", store: FragileStore | None = None, *, guests: bool = True, **settings: Any
    ) -> None:
        settings = {"invite_secret": SECRET, "ticket_secret": ticket_secret(KEY), **settings}
        super().__init__(store or FragileStore("epoch"), access=AccessPolicy(access), **settings)
        self.open_gateway("web", GATE, 1_000, guests=guests)

    def open_gateway(self, name: str, identity: str, nonce: int, **grant: Any) -> None:
        """Give a key the role of a gateway, with a grant."""
        gate = self.connect(identity=identity)
        gate.ask(Login, 1, name, invite=invite(nonce, "gateway", **grant))
        gate.ask(Logout)

    def come(self, name: str, *, gate: str = GATE, address: str | None = HERE, **fields: Any) -> Any:
        """Log in through the gateway on a connection of its own, and return the reply."""
        return self.visit(name, gate=gate, address=address, **fields)[1]

    def visit(
        self, name: str, *, gate: str = GATE, address: str | None = HERE, **fields: Any
    ) -> tuple[Client, Any]:
        """The same, and return the connection too."""
        client = self.connect("10.9.9.9", identity=gate)
        fields = {"on_behalf": True, "amendments": True, **fields}
        return client, client.ask(Login, 1, name, address=address, **fields)

    def sign_up(self, name: str, **fields: Any) -> Any:
        """Sign up with the usual password."""
        return self.come(name, **{"password": PASSWORD, "sign_up": True, **fields})

    def drop(self, client: Client) -> None:
        """Lose a connection."""
        self.core.lose([client.peer], "connection lost")
        self.flush()


def code(reply: Any) -> str | None:
    """Return the code of a refusal, or None."""
    found = getattr(reply, "code", None)
    return None if found is None else str(found)
