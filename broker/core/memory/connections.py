"""The part of the broker's memory about connections: peers, the sessions on them, and who hears what."""

from __future__ import annotations

from broker.core.changes import Changes
from broker.core.memory.model import Conversation, Peer, Session, User
from broker.core.memory.watchers import Watchers


class Connections:
    """Peers and sessions. Handlers read the attributes, and change them only by the methods."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.peers: dict[Peer, None] = {}  # all connected ones
        self.lagging: dict[Peer, float] = {}  # when to retry each (elapsed s)
        self.sessions: dict[str, Session] = {}
        self.online_count = 0
        """The number of users who are connected."""
        self.told_all: dict[Peer, None] = {}
        """The connections whose clients do not know crowds, without lagging ones."""
        self.watchers = Watchers()

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
        if not session.user.online:
            self.changes.set(self, "online_count", self.online_count + 1)
        self.changes.set(session, "peer", peer)
        self.changes.set(session, "address", peer.location)
        if session.origin != peer.origin:
            self.changes.set(session, "origin", peer.origin)
        self.changes.set(peer, "session", session)
        self._tell_all(peer)
        for conversation in session.user.conversations.values():
            self._connect(conversation, peer)

    def unbind(self, session: Session, elapsed: float) -> None:
        """Separate a session from its connection. The session can be resumed."""
        if session.peer:
            for conversation in session.user.conversations.values():
                self._disconnect(conversation, session.peer)
            self.changes.drop(self.told_all, session.peer)
            self.changes.set(session.peer, "session", None)
            self.changes.set(session, "peer", None)
            if not session.user.online:
                self.changes.set(self, "online_count", self.online_count - 1)
        self.changes.set(session, "lost_at", elapsed)

    def set_lagging(self, peer: Peer, lagging: bool) -> None:
        """Exclude a peer from deliveries, or include it again."""
        self.changes.set(peer, "lagging", lagging)
        change = self._disconnect if lagging else self._connect
        for conversation in peer.session.user.conversations.values() if peer.session else ():
            change(conversation, peer)
        self._tell_all(peer)

    def know_crowds(self, peer: Peer, known: bool) -> None:
        """Set whether the client of a peer knows crowds."""
        self.changes.set(peer, "crowds", known)
        self._tell_all(peer)

    def _tell_all(self, peer: Peer) -> None:
        """Note whether a peer is told of everyone who comes and goes, wherever they are."""
        if peer.session and not peer.lagging and not peer.crowds:
            self.changes.put(self.told_all, peer, None)
        else:
            self.changes.drop(self.told_all, peer)

    def _connect(self, conversation: Conversation, peer: Peer) -> None:
        self.changes.put(conversation.connected, peer, None)
        self.changes.forget(conversation.forget_audience)

    def _disconnect(self, conversation: Conversation, peer: Peer) -> None:
        self.changes.drop(conversation.connected, peer)
        self.changes.forget(conversation.forget_audience)
