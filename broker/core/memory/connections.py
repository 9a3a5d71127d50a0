"""The part of the broker's memory about connections: peers, the sessions on them, and who hears what."""

from __future__ import annotations

from broker.core.changes import Changes
from broker.core.memory.model import Conversation, Peer, Session, User


class Connections:
    """Peers and sessions. Handlers read the attributes, and change them only by the methods."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.peers: dict[Peer, None] = {}  # all connected ones
        self.lagging: dict[Peer, float] = {}  # when to retry each (elapsed s)
        self.sessions: dict[str, Session] = {}

    def open_session(
        self, user: User, peer: Peer, token: str, at: int, *, unannounced: bool = False
    ) -> Session:
        """Log a user in on a connection."""
        self.changes.set(user, "opened", user.opened + 1)
        session = Session(token, user, at, peer.identity, unannounced=unannounced, vouched=peer.vouched)
        session.number = user.opened
        self.changes.put(self.sessions, token, session)
        self.changes.put(user.sessions, token, session)
        self.bind(session, peer)
        return session

    def close_session(self, session: Session) -> None:
        """End a session. Its token becomes invalid."""
        if session.peer:
            self.unbind(session, 0.0)
        self.changes.drop(self.sessions, session.token)
        self.changes.drop(session.user.sessions, session.token)

    def bind(self, session: Session, peer: Peer) -> None:
        """Bind a session to a connection."""
        self.changes.set(session, "peer", peer)
        self.changes.set(session, "address", peer.location)
        if session.origin != peer.origin:
            self.changes.set(session, "origin", peer.origin)
        self.changes.set(peer, "session", session)
        for conversation in session.user.conversations.values():
            self._connect(conversation, peer)

    def unbind(self, session: Session, elapsed: float) -> None:
        """Separate a session from its connection. The session can be resumed."""
        if session.peer:
            for conversation in session.user.conversations.values():
                self._disconnect(conversation, session.peer)
            self.changes.set(session.peer, "session", None)
        self.changes.set(session, "peer", None)
        self.changes.set(session, "lost_at", elapsed)

    def set_lagging(self, peer: Peer, lagging: bool) -> None:
        """Exclude a peer from deliveries, or include it again."""
        self.changes.set(peer, "lagging", lagging)
        change = self._disconnect if lagging else self._connect
        for conversation in peer.session.user.conversations.values() if peer.session else ():
            change(conversation, peer)

    def _connect(self, conversation: Conversation, peer: Peer) -> None:
        self.changes.put(conversation.connected, peer, None)
        self.changes.forget(conversation.forget_audience)

    def _disconnect(self, conversation: Conversation, peer: Peer) -> None:
        self.changes.drop(conversation.connected, peer)
        self.changes.forget(conversation.forget_audience)
