"""Messages are on disk before they are acknowledged: the order of system calls, and a failing disk."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from eventually import eventually
from live_broker import Dealer, Document
from torture.conftest import BrokerFactory, Connect
from torture.durable_broker import LATE, DurableBroker
from torture.stored import read_log
from torture.traced import Moment, moments, strace

SENDS = 40
SYNCS = ("fdatasync", "fsync")


def is_sync(moment: Moment) -> bool:
    """Whether the log has just been brought to disk."""
    return moment.call in SYNCS and moment.ended and "chat.db-wal>" in moment.text


def order_of(found: list[Moment], text: str, id: str) -> tuple[int, int, int]:
    """Return the places of a message's write, of its sync, and of the first acknowledgement."""
    numbered = list(enumerate(found))
    told = next(at for at, moment in numbered if moment.begun and is_telling(moment, id))
    written = next(at for at, moment in numbered if moment.call == "pwrite64" and text in moment.text)
    synced = next(at for at, moment in numbered if at > written and is_sync(moment))
    return written, synced, told


def is_telling(moment: Moment, id: str) -> bool:
    return (
        moment.call in ("sendto", "sendmsg", "write")
        and '\\"type\\":\\"accepted\\"' in moment.text
        and f'\\"re\\":\\"{id}\\"' in moment.text
    )


def is_out_of_order(found: list[Moment], text: str, id: str) -> bool:
    written, synced, told = order_of(found, text, id)
    return not written < synced < told


def test_a_message_is_on_disk_before_its_sender_is_told(
    make_broker: BrokerFactory, tmp_path: Path, connect: Connect
) -> None:
    output = tmp_path / "calls"
    broker = make_broker(prefix=strace(output))
    user = connect(broker.url, "ann").login()
    texts = {}
    for number in range(SENDS):
        text = f"<text {number} of {SENDS}>"
        texts[user.put("send", to="#lobby", text=text)] = text
        if number % 5 == 0:  # else what comes together is committed together
            user.ask("time")
    for sent in texts:
        assert user.reply(sent)["type"] == "accepted"
    assert broker.stop() == 0
    found = moments(output)
    for sent, text in texts.items():
        assert not is_out_of_order(found, text, sent), text


def test_the_order_of_a_broker_that_acknowledges_first_is_found_wrong(
    make_broker: BrokerFactory, tmp_path: Path, connect: Connect
) -> None:
    output = tmp_path / "calls"
    broker = make_broker(prefix=strace(output), program=LATE)
    user = connect(broker.url, "ann").login()
    first = user.ask("send", to="#lobby", text="<the first>")["re"]
    user.ask("send", to="#lobby", text="<the second>")
    broker.kill()
    broker.process.end()
    assert is_out_of_order(moments(output), "<the first>", first)


def test_a_failed_sync_ends_the_broker_and_what_it_was_for_is_not_acknowledged(
    make_broker: BrokerFactory, tmp_path: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # what it covered could not be synced either
    healthy = make_broker(prefix=strace(tmp_path / "healthy.calls"), data="healthy")
    connect(healthy.url, "ann").login()
    healthy.kill()
    healthy.process.end()
    syncs = sum(moment.call in SYNCS and moment.ended for moment in moments(tmp_path / "healthy.calls"))

    failing = f"inject={','.join(SYNCS)}:error=EIO:when={syncs + 5}+"
    broker = make_broker(prefix=strace(tmp_path / "failing.calls", "-e", failing), data="failing")
    user = connect(broker.url, "ann").login()
    acked = set()
    for number in range(SENDS):
        reply = reply_before_the_end(broker, user, user.put("send", to="#lobby", text=f"number {number}"))
        if reply is None:
            break
        acked.add(f"number {number}")
    assert broker.process.end() not in (0, -signal.SIGKILL), broker.process.err
    assert 0 < len(acked) < SENDS
    assert broker.process.err, "it ended without a word"
    assert not any("Traceback" in line for line in broker.process.err), broker.process.err
    found = moments(tmp_path / "failing.calls")
    assert sum("(INJECTED)" in moment.text for moment in found) >= 1
    assert not any(is_telling(moment, user_id) for moment in found for user_id in [f"ann-{len(acked) + 2}"])
    assert acked <= {row.text for row in read_log(broker.data)}


def reply_before_the_end(broker: DurableBroker, user: Dealer, id: str) -> Document | None:
    """Return the broker's reply, or None if it has ended without one."""

    def is_over() -> bool:
        user.read(0.05)
        return broker.process.ended or any(document.get("re") == id for document in user.inbox)

    eventually(is_over, "the broker answers or ends")
    while user.read(0):
        pass
    return next((document for document in user.inbox if document.get("re") == id), None)
