import runpy
import subprocess
import sys
from pathlib import Path

from messages.version import __version__


def test_the_package_can_be_run() -> None:
    command = [sys.executable, "-m", "broker", "--version"]
    out = subprocess.check_output(command, cwd=Path(__file__).parents[2], text=True)
    assert out == f"chat-broker, version {__version__}\n"


def test_nothing_runs_when_the_module_is_only_imported() -> None:
    assert "main" in runpy.run_module("broker.__main__", run_name="imported")


INTERRUPTED = """
import sys

class Interrupted:
    def find_spec(self, name, *_):
        if name == "broker.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
from broker.__main__ import main
main()
"""


def test_an_interrupted_import_prints_no_traceback() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (130, b"")
