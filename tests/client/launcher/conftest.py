import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from launch_stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    # Not tmp_path: that is too long for the address of tmux's socket.
    with tempfile.TemporaryDirectory(prefix="launch-") as directory:
        stage = Stage(Path(directory).resolve())
        yield stage
        stage.clear()


@pytest.fixture(autouse=True)
def _no_signal_ignored() -> Iterator[None]:
    """Let these tests work under nohup and in the background of a script as well."""
    ignored = [each for each in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(each) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
