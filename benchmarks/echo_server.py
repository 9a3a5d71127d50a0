"""A bare ROUTER in pyzmq that sends each frame back, until it is killed: `echo_server.py PORT`."""

from __future__ import annotations

import sys

import zmq


def main() -> None:
    """Serve on the port that the command line names."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.bind(f"tcp://127.0.0.1:{sys.argv[1]}")
        while True:
            peer = router.recv()
            frame = router.recv()
            router.send(peer, zmq.SNDMORE)
            router.send(frame)


if __name__ == "__main__":
    main()
