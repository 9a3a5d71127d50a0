"""What is installed: exactly three packages and three commands."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import zipfile
from pathlib import Path

_TOP = Path(__file__).resolve().parents[2]


def test_the_wheel_ships_exactly_the_three_packages_and_their_commands(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=_TOP, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("chat_broker-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
        (metadata,) = (name for name in names if name.endswith("METADATA"))
        parser = configparser.ConfigParser()
        parser.read_string(archive.read(entry_points).decode())
        described = archive.read(metadata).decode()

    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {
        "broker",
        "client",
        "messages",
    }
    assert {f"{package}/py.typed" for package in ("broker", "client", "messages")} <= set(names)
    assert set(parser["console_scripts"]) == {
        "chat-broker",
        "chat-client",
        "chat-launcher",
        "chat-web",
    }
    assert re.findall(r"^Provides-Extra: (.+)$", described, re.MULTILINE) == ["all", "metrics", "tui", "web"]
