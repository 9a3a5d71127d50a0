"""The wire is batched: what is handled together leaves in few frames, and no reader holds up the others."""

import json

from eventually import eventually
from live_broker import Dealer, Stage, StageFactory

from broker.core.outbox import LogEvent
from broker.core.settings import Caps, Settings
from messages.limits import MAX_BROKER_DOCUMENTS, MAX_BROKER_FRAME, MAX_UNREAD


def send_all(client: Dealer, texts: list[str]) -> list[str]:
    """Send all in one frame, and return the ids."""
    requests = [client.request("send", to="#lobby", text=text) for text in texts]
    client.send("\n".join(map(json.dumps, requests)).encode())
    return [request["id"] for request in requests]


def test_what_is_sent_in_one_frame_is_answered_and_delivered_in_one_frame(stage: Stage) -> None:
    alice, bob, carol = stage.users("alice", "bob", "carol")
    for client in (alice, bob, carol):
        client.frames.clear()
    texts = [str(number) for number in range(64)]
    ids = send_all(alice, texts)
    for client in (alice, bob, carol):
        assert client.read(10)
    (replies,) = alice.frames
    assert [(reply["re"], reply["seq"]) for reply in replies] == list(zip(ids, range(1, 65), strict=True))
    for client in (bob, carol):
        (messages,) = client.frames
        assert [message["text"] for message in messages] == texts
        assert client.settle()


def test_many_frames_in_a_row_are_delivered_in_order_in_frames_within_the_limits(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    bob.frames.clear()
    texts = [f"{number} " + "a" * 900 for number in range(30 * 64)]
    last = [send_all(alice, texts[start : start + 64])[-1] for start in range(0, len(texts), 64)][-1]
    assert alice.reply(last)["seq"] == len(texts)
    assert [bob.message() for _ in texts] == texts
    assert max(map(len, bob.frames)) <= MAX_BROKER_DOCUMENTS
    assert sum(map(len, bob.frames)) == len(texts)
    assert len(bob.frames) <= len(texts) / 32
    sizes = [
        sum(len(json.dumps(one, separators=(",", ":"))) + 1 for one in frame) - 1 for frame in bob.frames
    ]
    assert max(sizes) <= MAX_BROKER_FRAME


def test_a_client_that_does_not_read_delays_nobody_and_catches_up_from_history(
    make_stage: StageFactory,
) -> None:
    stage = make_stage(Settings(caps=Caps(rate=0)))  # to fill a pipe takes more at once than anybody may send
    alice, bob = stage.users("alice", "bob")
    sleeper = stage.dealer("sleeper", RCVHWM=1, RCVBUF=4_096).login()
    for client in (alice, bob):
        client.settle()
    said: list[str] = []
    while not stage.noted(LogEvent.LAGGING):
        batch = [f"{len(said) + number} " + "a" * 3_900 for number in range(15)]
        said += batch
        assert alice.reply(send_all(alice, batch)[-1])["seq"] == len(said)
        assert [bob.message() for _ in batch] == batch
        assert len(said) < 20_000, "the broker queues without bound"
    assert stage.noted(LogEvent.LAGGING)[0]["name"] == "sleeper"
    said.append("while you slept")
    alice.ask("send", to="#lobby", text=said[-1])
    assert bob.message() == said[-1]

    def is_awake() -> bool:
        sleeper.put("ping")
        while sleeper.read(0.02):
            pass
        return any(document["type"] == "pong" for document in sleeper.inbox)

    eventually(is_awake, "the sleeper was answered")
    (position,) = sleeper.event("lagged")["conversations"]
    assert position.pop("at")
    assert position == (
        {"conversation": "#lobby", "head": len(said), "delivered": 0, "unread": min(len(said), MAX_UNREAD)}
    )
    heard = [document["text"] for document in sleeper.settle() if document["type"] == "message"]
    assert heard == said[: len(heard)]
    assert len(heard) < len(said)
    said.append("awake?")
    alice.ask("send", to="#lobby", text=said[-1])
    assert sleeper.message() == said[-1]
    while len(heard) < len(said):
        page = sleeper.ask("history", conversation="#lobby", after=len(heard), limit=100)
        heard += [message["text"] for message in page["messages"]]
    assert heard == said
