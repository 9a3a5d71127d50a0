"""The files of the page: named by their content, compressed, and nothing else of the disk."""

from __future__ import annotations

import gzip
import json
import re
import struct
from pathlib import Path

from client.web.assets import Assets


def test_a_change_of_any_file_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "index.html").write_text('<script src="static/main.js"></script>' * 9)
    (tmp_path / "main.js").write_text('import "./log/view.js";\n')
    (tmp_path / "style.css").touch()
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
    sizes = {name: len(one.packed or one.data) for name, one in Assets()._files.items()}
    tables = [name for name in sizes if name.startswith("parts/emoji-")]  # fetched when somebody wants emoji
    assert sum(map(sizes.pop, tables)) <= 100_000
    assert sum(size for name, size in sizes.items() if not name.endswith(".png")) <= 150_000


def test_the_worker_keeps_the_files_of_its_version_but_no_icons_of_installed_pages() -> None:
    assets = Assets()
    worker, shell = assets.find("sw.js"), assets.find("index.html")
    assert worker is not None
    assert shell is not None
    text = worker.data.decode()
    assert f'const VERSION = "{assets.version}";' in text
    files = json.loads(re.findall(r"const FILES = (\[.*\]);", text)[0])
    assert f"static/{assets.version}/main.js" in files
    assert f"static/{assets.version}/style.css" in files
    assert all(assets.find(one.split("/", 2)[2]) for one in files)
    assert not [one for one in files if one.endswith(".png")]
    assert f"static/{assets.version}/" in shell.data.decode()


def test_the_page_can_be_installed() -> None:
    manifest = Assets().find("manifest.webmanifest")
    assert manifest is not None
    said = json.loads(manifest.data)
    assert (said["start_url"], said["scope"]) == ("./", "./")
    assert said["name"]
    kinds = {(one["sizes"], one["purpose"]) for one in said["icons"]}
    assert kinds >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in said["icons"]:
        found = Assets().find(icon["src"].split("/", 2)[2])
        assert found is not None
        assert found.media_type == icon["type"]
        if icon["type"] == "image/png":
            side = int(icon["sizes"].partition("x")[0])
            assert struct.unpack(">II", found.data[16:24]) == (side, side)
