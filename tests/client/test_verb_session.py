from __future__ import annotations

import io
from contextlib import closing

from eventually import DEADLINE, eventually
from house import House

from client.core.session import SessionState
from client.line.screen import Screen
from client.transport.connection import Connection
from client.transport.link import new_session
from client.verb_session import VerbSession


def test_who_is_asked_to_end_while_logging_in_logs_out_when_welcomed(tcp_house: House) -> None:
    tcp_house.open()
    watcher = tcp_house.dealer("watcher").login()
    session = new_session("alice")
    with closing(Connection(session, tcp_house.url)) as connection:
        verb = VerbSession(session, connection, Screen(io.StringIO(), io.StringIO()))
        eventually(lambda: verb.turn(0.0) and session.state is SessionState.LOGGING_IN, "the login goes out")
        verb.end(DEADLINE)
    assert watcher.event("system")["kind"] == "joined"
    assert watcher.event("system")["text"] == "alice left the chat (logged out)"
