"""All documents as one type."""

from messages.base import Reply, Request
from messages.events import Event
from messages.replies import Error

Document = Request | Reply | Error | Event
"""Every document on the wire."""
