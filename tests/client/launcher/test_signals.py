import os
import signal
import subprocess
import sys

import pytest
from eventually import DEADLINE

from client.launcher.signals import Asked, SignalWatch


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ending_signal_is_raised_where_it_is_waited_for(number: signal.Signals) -> None:
    with SignalWatch(children=False) as signals:
        os.kill(os.getpid(), number)
        with pytest.raises(Asked) as asked:
            signals.wait(DEADLINE)
    assert asked.value.signal is number


def test_the_end_of_a_child_wakes() -> None:
    with SignalWatch(children=True) as signals:
        child = subprocess.Popen([sys.executable, "-IS", "-c", ""])
        woken = signals.wait(DEADLINE)
        assert child.wait(DEADLINE) == 0
    assert woken


def test_waiting_ends_when_nothing_comes() -> None:
    with SignalWatch(children=False) as signals:
        assert not signals.wait(0)


def test_handlers_are_put_back() -> None:
    watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in watched]
    with SignalWatch(children=True):
        assert [signal.getsignal(number) for number in watched] != before
    assert [signal.getsignal(number) for number in watched] == before
