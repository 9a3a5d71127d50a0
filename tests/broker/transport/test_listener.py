"""The memory that waiting frames take. tests/integration tests the listeners as a part of the broker."""

import zmq
from allocated import allocated

from broker.transport.listener import Listener, make_context

FRAMES, SIZE = 100, 200
MOST_EACH = 2_000  # bytes, with the connection; with the buffers that they were received into 18,000


def test_a_frame_that_waits_does_not_keep_the_buffer_into_which_it_was_received() -> None:
    with make_context() as context, zmq.Context() as outside, outside.socket(zmq.DEALER) as dealer:
        listener = Listener(context, None)
        dealer.connect(listener.bind("tcp://127.0.0.1:*"))
        waiting, before = [], allocated()
        for _ in range(FRAMES):  # each is received alone
            dealer.send(b"x" * SIZE)
            listener.socket.poll(10_000)
            listener.next_sender()
            waiting.append(listener.receive())
        taken = allocated() - before
        assert [len(frame) for frame in waiting] == [SIZE] * FRAMES
        listener.close()
    assert taken / FRAMES < MOST_EACH
