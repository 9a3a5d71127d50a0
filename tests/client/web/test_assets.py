"""The files of the page: named by their content, compressed, and nothing else of the disk."""

from __future__ import annotations

import gzip
from pathlib import Path

from client.web.assets import Assets


def test_a_change_of_any_file_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "index.html").write_text('<script src="static/main.js"></script>' * 9)
    (tmp_path / "main.js").write_text('import "./log/view.js";\n')
    (tmp_path / "log" / "view.js").write_text("one")
    (tmp_path / "notes.py").write_text("secret")
    before = Assets(tmp_path)
    shell = before.find("index.html")
    assert shell is not None
    assert f'src="static/{before.version}/main.js"'.encode() in shell.data
    assert gzip.decompress(shell.packed) == shell.data
    assert before.find("notes.py") is None
    assert before.find("../test_assets.py") is None
    (tmp_path / "log" / "view.js").write_text("two")
    assert Assets(tmp_path).version != before.version


def test_the_page_is_small() -> None:
    assets = Assets()
    files = assets._files.values()
    assert sum(len(one.packed or one.data) for one in files) <= 150_000
