import logging
import signal
from collections.abc import Callable, Iterator

import pytest
import zmq
from broker_process import BrokerProcess
from live_broker import Dealer, end

from broker.monitoring import logs


@pytest.fixture
def start() -> Iterator[Callable[..., BrokerProcess]]:
    """Starts chat-broker with the arguments it is given, and ends what is left of it."""
    started: list[BrokerProcess] = []

    def make(*arguments: str, **options: object) -> BrokerProcess:
        started.append(BrokerProcess(*arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    yield make
    for process in started:
        process.close()


@pytest.fixture
def connect() -> Iterator[Callable[[str, str], Dealer]]:
    """Connects clients to an endpoint, and closes them."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    dealers: list[Dealer] = []

    def make(url: str, name: str) -> Dealer:
        dealers.append(Dealer(context, url, name))
        return dealers[-1]

    yield make
    for dealer in dealers:
        dealer.socket.close()
    end(context)


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The broker's logger, put back as it was. What a test had it open is closed."""
    before = logs.logger.handlers, logs.logger.level, logs.logger.propagate
    yield logs.logger
    for handler in logs.logger.handlers:
        if handler not in before[0]:
            handler.close()
    logs.logger.handlers, logs.logger.level, logs.logger.propagate = before


@pytest.fixture
def handlers() -> Iterator[None]:
    """Makes sure that no signal is ignored, as under nohup, and restores this process's handlers."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    signal.set_wakeup_fd(-1)
