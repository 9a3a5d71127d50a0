from benchmarks.peers.ours import Ours
from benchmarks.zmtp import encode_frame
from messages.codec import encode
from messages.events import Message
from messages.replies import Pong
from messages.requests import Confirm
from messages.runs import Messages, RunMessage


def confirm(seq: int) -> bytes:
    return encode_frame(encode(Confirm("confirm", "#r1", seq)))


def test_the_last_message_of_the_input_is_confirmed_alone_or_in_a_run() -> None:
    one = encode(Message("#r1", 7, "1", "m0", "text", 0))
    two = [RunMessage("2", "text"), RunMessage("3", "text")]
    run = encode(Messages(conversation="#r1", seq=8, sender="m0", at=0, messages=two))
    assert Ours().confirm(one) == confirm(7)
    assert Ours().confirm(one + b"\n" + run) == confirm(9)
    assert Ours().confirm(run + b"\n" + one) == confirm(7)
    assert Ours().confirm(encode(Pong("1"))) == b""
