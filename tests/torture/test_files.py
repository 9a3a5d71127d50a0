"""Files are whole or not there: a broker is killed again and again while a file is uploaded and fetched."""

from __future__ import annotations

import base64
from hashlib import sha256
from random import Random

from live_broker import Dealer, Document
from torture.conftest import BrokerFactory, Connect
from torture.durable_broker import DurableBroker
from torture.figures import figure

from broker.store.verbs.contents import Findings
from broker.store.verbs.copies import verify_files

FILES, KILLS = figure(1, 40), figure(3, 1_000)
CHUNK, WINDOW, SEED = 32_768, 16, 20_263


class Uploader:
    """Uploads one file, from a new connection after each kill, and sends it."""

    def __init__(self, broker: DurableBroker, connect: Connect, name: str, data: bytes) -> None:
        self._name = name
        self._broker = broker
        self._connect = connect
        self._data = data
        self._about = {"name": "a.bin", "size": len(data), "hash": sha256(data).hexdigest()}
        self._chunks = 0
        self._dealer: Dealer | None = None

    def log_in(self) -> Dealer:
        if self._dealer is not None:
            self._dealer.socket.close()
        self._dealer = self._connect(self._broker.url, self._name)
        return self._dealer.login()

    def upload(self, kills: list[int]) -> str:
        """Upload the file. Kill the broker when so many chunks were sent. Return the upload's id."""
        alice = self.log_in()
        state = alice.ask("upload", **self._about)
        while not state.get("complete"):
            asked = self._send(alice, state)
            if kills and self._chunks >= kills[0]:
                kills.pop(0)
                self._broker.kill()
                self._broker.start_again()
                alice = self.log_in()
                state = alice.ask("upload", **self._about)
                continue
            for one in asked:
                state = alice.reply(one)
                assert state["type"] == "upload-state", state
        return str(state["upload"])

    def _send(self, alice: Dealer, state: Document) -> list[str]:
        """Send a window of chunks, and return their ids."""
        begin = int(state["offset"])
        asked = []
        for offset in range(begin, min(begin + WINDOW * CHUNK, len(self._data)), CHUNK):
            data = base64.b64encode(self._data[offset : offset + CHUNK]).decode()
            asked.append(alice.put("chunk", upload=state["upload"], offset=offset, data=data))
            self._chunks += 1
        return asked

    def fetch(self, seq: int) -> bytes:
        alice = self.log_in()
        parts = []
        for offset in range(0, len(self._data), 131_072):
            reply = alice.ask("fetch", conversation="#lobby", seq=seq, offset=offset)
            parts.append(base64.b64decode(reply["data"]))
        return b"".join(parts)


def test_a_file_is_whole_after_kills_in_mid_transfer(make_broker: BrokerFactory, connect: Connect) -> None:
    random, broker = Random(SEED), make_broker()
    for number in range(FILES):
        data = random.randbytes(figure(3_000_000, 20_000_000))
        uploader = Uploader(broker, connect, f"user-{number}", data)
        upload = uploader.upload(sorted(random.sample(range(len(data) // CHUNK), KILLS // FILES)))
        broker.kill()
        broker.start_again()
        sent = uploader.log_in().ask("send", to="#lobby", text="here", files=[upload])
        assert sent["type"] == "accepted", sent
        broker.kill()
        broker.start_again()
        assert uploader.fetch(sent["seq"]) == data
    assert broker.stop() == 0
    assert verify_files(broker.data / "chat.db") == Findings(FILES, [])
