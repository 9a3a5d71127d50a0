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
    asked: list[SessionState] = []

    def ask_to_end(_direction: str, _frame: bytes) -> None:
        """Ask while the login leaves: a moment later it may be answered."""
        if not asked:
            asked.append(session.state)
            session.logout()

    with closing(Connection(session, tcp_house.url, trace=ask_to_end)) as connection:
        verb = VerbSession(session, connection, Screen(io.StringIO(), io.StringIO()))
        eventually(lambda: verb.turn(0.0) and asked, "the login goes out")
        assert asked == [SessionState.LOGGING_IN]
        connection.log_out(DEADLINE)
    assert watcher.event("system")["kind"] == "joined"
    assert watcher.event("system")["text"] == "alice left the chat (logged out)"
