"""All documents as one type."""

from messages.events import Event
from messages.replies import Error, Reply
from messages.requests import Request

Document = Request | Reply | Error | Event
"""Anything that travels."""
