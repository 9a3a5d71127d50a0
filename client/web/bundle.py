"""The modules of the page in few files and its sheets in one, as each file costs a slow device 20 ms.

A bundle has its modules one after the other. Each is a block with its text as it is in the folder but for
imports and exports, so that the tools of browsers show what was written. `import("./x.js")` loads another
bundle when it is wanted: that module, and what it needs beyond the first bundle.

Imports and exports are found by their look, at the beginning of a line, also in a comment or a text. Whatever
else looks like one is refused when the gateway starts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";$', re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
_LIST = re.compile(r"^export \{(\s*\w+(?:,\s*\w+)*,?\s*)\};$", re.MULTILINE)
_LEFT = re.compile(
    r"^[ \t]*(?:import|export)\b(?!\().*"
    r"|\bimport\s*\.\s*meta\b(?!\.url\b).*"
    r'|\bimport\s*\((?!"\.[^"]+"\)).*'
    r"|^(?:const|let|var|class|(?:async )?function\*?) (?:modules|base)\b.*",
    re.MULTILINE,
)
"""What a bundle cannot have: other ways to import and export, and names that are its own."""

_SHEET = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
_AS = re.compile(r"(\w+) as (\w+)")

_HEAD = """// The modules of the page in one file, each a block, as in the folder but for imports and exports.
export const modules = {}, base = import.meta.url;
"""


def bundles(modules: Mapping[str, str], first: str) -> dict[str, str]:
    """Return the bundles by the module that each is for. `first` is at the root of the folder.

    Raise ValueError if a module cannot be in one.
    """
    loaded = _needs(modules, first, [])
    made = {first: _HEAD + "".join(_block(modules, name, first, loaded) for name in loaded)}
    wanted = [first]
    for name in wanted:
        needs = _needs(modules, name, [] if name == first else loaded)
        later = {_path(one, found) for one in needs for found in _LATER.findall(modules[one])}
        wanted += sorted(later - {*wanted, *loaded})
        if name == first:
            continue
        blocks = "".join(f'if (!modules["{one}"]) {_block(modules, one, name, loaded)}' for one in needs)
        exports = f'export const {{ {_exports(modules[name])} }} = modules["{name}"];\n'
        made[name] = f'import {{ base, modules }} from "{_relative(first, name)}";\n{blocks}{exports}'
    return made


def joined_sheet(sheets: Mapping[str, str], first: str) -> str:
    """Return a sheet with the sheets that it imports in their places. Those import none.

    Raise ValueError if one is imported that is not there, or one is there that is not imported.
    """
    named = [_path(first, relative) for relative in _SHEET.findall(sheets[first])]
    if sorted([first, *named]) != sorted(sheets):
        raise ValueError(f"{first} imports {' '.join(named)}, and there are {' '.join(sheets)}")
    return _SHEET.sub(lambda found: sheets[_path(first, found[1])].rstrip(), sheets[first])


def _needs(modules: Mapping[str, str], first: str, without: list[str]) -> list[str]:
    """Return a module and all that it imports, each behind what it imports itself."""
    ordered: list[str] = []

    def go(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"modules import each other: {' '.join((*above, name))}")
        if name not in modules:
            raise ValueError(f"{above[-1] if above else 'the page'} imports {name}, which is not there")
        if name in ordered or name in without:
            return
        for _, relative in _IMPORT.findall(modules[name]):
            go(_path(name, relative), (*above, name))
        ordered.append(name)

    go(first, ())
    return ordered


def _block(modules: Mapping[str, str], name: str, home: str, loaded: list[str]) -> str:
    """Return a module as a block of the bundle for `home`."""

    def imported(found: re.Match[str]) -> str:
        names = _AS.sub(r"\1: \2", found[1] or "")
        return f'const {{{names}}} = modules["{_path(name, found[2])}"];' if names else ""

    def later(found: re.Match[str]) -> str:
        wanted = _path(name, found[1])
        here = f'Promise.resolve(modules["{wanted}"])'
        return here if wanted in loaded else f'import("{_relative(wanted, home)}")'

    text = modules[name]
    exports = _exports(text)
    left = _LEFT.search(_LIST.sub("", _EXPORT.sub(r"\1 \2", _IMPORT.sub("", text))))
    if left is not None:
        raise ValueError(f"{name} imports, exports or names something as no module may: {left[0].strip()}")
    text = _LIST.sub("", _EXPORT.sub(r"\1 \2", _IMPORT.sub(imported, text)))
    text = _LATER.sub(later, text).replace("import.meta.url", f'new URL("{name}", base).href')
    return f'{{ // {name}\n{text.rstrip()}\nmodules["{name}"] = {{ {exports} }};\n}}\n'


def _exports(text: str) -> str:
    listed = (one.strip() for part in _LIST.findall(text) for one in part.split(","))
    return ", ".join([name for _, name in _EXPORT.findall(text)] + [one for one in listed if one])


def _path(name: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))


def _relative(name: str, home: str) -> str:
    path = posixpath.relpath(name, posixpath.dirname(home) or ".")
    return path if path.startswith(".") else f"./{path}"
