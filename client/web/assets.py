"""The files of the page, read once, compressed, and named by their content, so that browsers keep them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from client.web.bundle import bundles, joined_sheet

FOLDER = Path(__file__).with_name("static")
SHELL = "index.html"
FIRST = "main.js"
"""The module that the shell loads."""

SHEET = "style.css"
"""The sheet that the shell loads."""

WORKER = "sw.js"
"""It gets the version, and the names of the files that it keeps: all but the icons of installed pages."""

AT_ROOT = (WORKER, "manifest.webmanifest", "favicon.ico")
"""Files whose place browsers prescribe. They are not kept without asking."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED = (".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".txt")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file; `packed` is its gzip, empty if that is of no use."""

    data: bytes
    packed: bytes
    media_type: str
    etag: str


class Assets:
    """All files. Those that are not at the root are under `static/VERSION/`, modules as `bundles`, one sheet.

    In the shell and the manifest `static/` is written with the version. Other files
    name each other by relative paths.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in _TYPES
        }
        modules = {
            name: found.pop(name).decode()
            for name in [*found]
            if name.endswith(".js") and name not in AT_ROOT
        }
        found |= {name: text.encode() for name, text in bundles(modules, FIRST).items()}
        sheets = {name: found.pop(name).decode() for name in [*found] if name.endswith(".css")}
        found[SHEET] = joined_sheet(sheets, SHEET).encode()
        digest = sha256()
        for name, data in found.items():
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        self.version = digest.hexdigest()[:16]
        """Of all files together."""
        apart = (SHELL, *AT_ROOT)
        self._offline = [name for name in found if name not in apart and not name.endswith(".png")]
        self._files = {name: self._asset(name, data) for name, data in found.items()}

    def _asset(self, name: str, data: bytes) -> Asset:
        if name == WORKER:
            files = [f"static/{self.version}/{one}" for one in self._offline]
            data = data.replace(b'"VERSION"', json.dumps(self.version).encode())
            data = data.replace(b'["FILES"]', json.dumps(files).encode())
        elif name == SHELL or name in AT_ROOT:
            data = data.replace(b"static/", f"static/{self.version}/".encode())
        suffix = Path(name).suffix
        packed = gzip.compress(data, 9, mtime=0) if suffix in _PACKED else b""
        etag = f'"{sha256(data).hexdigest()[:24]}"'
        return Asset(data, packed if len(packed) < len(data) else b"", _TYPES[suffix], etag)

    def find(self, name: str) -> Asset | None:
        """Return a file, by its path in the folder."""
        return self._files.get(name)
