import pytest

from messages.documents import Document
from messages.events import AnyEvent
from messages.replies import AnyReply
from messages.requests import AnyRequest


@pytest.mark.parametrize("kind", (AnyRequest | AnyReply | AnyEvent).__args__)
def test_every_request_reply_and_event_is_a_document(kind: type) -> None:
    assert issubclass(kind, Document)
