"""A broker with many users of a gateway is killed, then the gateway: all are back, and nobody is asked."""

from __future__ import annotations

import json
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE, eventually
from security.crowd_process import CrowdProcess
from torture.figures import figure

from broker.commands import COMMANDS
from broker.core.access.tickets import Seal, Ticket, make_ticket, ticket_secret
from broker.core.core import Core
from broker.core.facts.kinds import BoundKey, GrantedRole, PasswordHash
from broker.core.settings import Settings
from broker.security.keys import KEY_FILE, load_or_make, make_keys
from broker.server import SystemRandomness
from broker.store.sqlite import SqliteStore
from broker.transport.router import now
from messages.names import parse_user

USERS = figure(60, 1_000)
LOOK_SECONDS = 0.02
BACK_SECONDS = 15.0
"""Seconds within which all must be back."""


def prepare(data: Path, file: Path) -> str:
    """Store a gateway and users with passwords, and write the gateway's file. Return the broker's key.

    No password is hashed: the tickets are what a broker would have given for these users.
    """
    store, began, gate = SqliteStore(data, "epoch"), now(), make_keys()
    keys = load_or_make(data / KEY_FILE)
    core = Core(store, Settings(), SystemRandomness(), COMMANDS, began)
    core.begin(began)
    state, secret = core.state, ticket_secret(keys.secret.encode())
    web = state.add_user(parse_user("web"))
    state.facts.keep(BoundKey(gate.public, web.id, began.at))
    state.facts.keep(GrantedRole(web.id, "gateway", began.at, per_address=USERS))
    tickets = {}
    for number in range(USERS):
        user = state.add_user(parse_user(f"m{number}"))
        state.set_seen(user, began.at)
        known = PasswordHash(user.id, f"$argon2id$v=19$m=12288,t=2,p=1${number}", owns=True)
        state.facts.keep(known)
        seal = Seal(state.epoch, gate.public, began.at, known.encoded)
        tickets[user.name] = make_ticket(secret, Ticket("11" * 9, user.id, began.at), seal)
    core.commit()
    store.close()
    file.write_text(json.dumps({"public": gate.public, "secret": gate.secret, "tickets": tickets}))
    return keys.public


def test_all_users_of_a_gateway_are_back_after_it_or_the_broker_was_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "gateway.json"
    key = prepare(data, file)

    def start(endpoint: str) -> BrokerProcess:
        broker = BrokerProcess("--data", str(data), "--curve", "--log-level", "warning", "--bind", endpoint)
        seats.callback(broker.close)
        return broker

    def gather() -> CrowdProcess:
        crowd = CrowdProcess(url, key, range(USERS), file)
        seats.callback(crowd.close)
        return crowd

    def back(since: float) -> float:
        """Return how many seconds it took until all were logged in, and none refused."""
        while not crowd.have(USERS, []):
            took = time.monotonic() - since
            assert took < BACK_SECONDS * DEADLINE / 10, crowd.told
            threading.Event().wait(LOOK_SECONDS)
        return time.monotonic() - since

    with ExitStack() as seats:
        broker = start("tcp://127.0.0.1:0")
        url = broker.listen()
        began, crowd = time.monotonic(), gather()
        came = back(began)
        broker.kill(signal.SIGKILL)
        broker.end()
        eventually(lambda: crowd.told["ready"] == 0, "all notice it")
        began = time.monotonic()
        start(url).listen()
        after_broker = back(began)
        crowd.kill()
        began, crowd = time.monotonic(), gather()
        after_gateway = back(began)
    with capsys.disabled():
        print(
            f" [{USERS} users of a gateway there after {came:.1f} s, back {after_broker:.1f} s after the end"
            f" of the broker, {after_gateway:.1f} s after that of the gateway]",
            end="",
        )
