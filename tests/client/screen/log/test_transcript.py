"""What a log has beside its messages."""

from __future__ import annotations

from driven import AT
from transcripts import said, transcript

from client.core.events import Sent
from client.screen.log.transcript import MOST_NOTICES, Notice
from client.text.times import local_time
from messages.requests import Send


def accepted(seq: int) -> Sent:
    return Sent(Send(f"i{seq}", "#lobby", "text"), conversation="#lobby", seq=seq)


def test_neither_notices_nor_own_messages_are_kept_without_end() -> None:
    one = transcript(said(1))
    for seq in range(1, 2_002):
        one.add_notice(Notice(f"notice {seq}", data=False))
        one.note_sent(accepted(seq))
    one.update(one.timeline, ())
    assert len(one.keys) == 1 + MOST_NOTICES
    assert one.sent(1) is None
    assert one.sent(2) is not None


def test_another_log_has_no_receipts_of_the_one_before() -> None:
    one = transcript(said(1))
    sent = accepted(1)
    sent.delivered_to.add("bob")
    one.note_receipts(sent, local_time(AT))
    assert "bob" in one.receipts_of(1)
    one.forget(0)
    assert one.receipts_of(1) == {}
