"""Writes confusables.py and scripts.py in broker/core/names from Unicode's data files.

    python tools/make_unicode_tables.py DIRECTORY

DIRECTORY holds confusables.txt (from https://www.unicode.org/Public/security/), Scripts.txt,
ScriptExtensions.txt and PropertyValueAliases.txt (from https://www.unicode.org/Public/UCD/), all of one
version.
The tables hold only the characters allowed in names: letters, marks, digits, `_`, `-` and `.`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

HEADER = '''"""{title}. Made by tools/make_unicode_tables.py: do not edit.

Data of Unicode {version}, copyright Unicode, Inc., under the Unicode License V3 (LICENSES/Unicode-3.0.txt).
"""

from __future__ import annotations

VERSION = "{version}"
"""The version of Unicode."""

{name} = """
{lines}
"""
"""{doc}

Numbers are in base 36. Line breaks have no meaning.
"""
'''


def rows(path: Path) -> Iterator[list[str]]:
    """Yield the fields of each line, without comments."""
    for line in path.read_text("utf-8-sig").splitlines():
        fields = [field.strip() for field in line.partition("#")[0].split(";")]
        if len(fields) > 1:
            yield fields


def allowed(char: str) -> bool:
    """Return whether a name may hold a character."""
    category = unicodedata.category(char)
    return char in "_-." or category[0] in "LM" or category == "Nd"


def base36(number: int) -> str:
    """Return a number in base 36."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def confusables(directory: Path) -> list[str]:
    """Return `prototype=first source,distance to the next,…` for each prototype."""
    sources: defaultdict[str, list[int]] = defaultdict(list)
    for source, target, *_ in rows(directory / "confusables.txt"):
        char = chr(int(source, 16))
        if allowed(char) and unicodedata.normalize("NFD", char) == char:
            sources["+".join(base36(int(code, 16)) for code in target.split())].append(ord(char))
    return [
        f"{target}={','.join(base36(b - a) for a, b in pairwise([0, *sorted(codes)]))}"
        for target, codes in sources.items()
    ]


def scripts_by_code(directory: Path) -> dict[int, str]:
    """Return the names of each code point's scripts, joined by `+`."""
    short = {
        fields[1]: fields[2] for fields in rows(directory / "PropertyValueAliases.txt") if fields[0] == "sc"
    }
    found: dict[int, str] = {}
    for name in ("Scripts.txt", "ScriptExtensions.txt"):
        for codes, value, *_ in rows(directory / name):
            first, _, last = codes.partition("..")
            scripts = "+".join(sorted(short.get(script, script) for script in value.split()))
            for code in range(int(first, 16), int(last or first, 16) + 1):
                if allowed(chr(code)):
                    found[code] = scripts
    return found


def scripts(directory: Path) -> list[str]:
    """Return `scripts=first+length,distance to the next+length,…` for each set of scripts."""
    by_code = scripts_by_code(directory)
    ranges: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    latest = None
    for code, names in sorted(by_code.items()):
        begun = ranges[names]
        if names == latest:
            begun[-1] = (begun[-1][0], code)
        else:
            begun.append((code, code))
        latest = names
    lines = []
    for names, spans in ranges.items():
        starts = [0, *(first for first, _ in spans)]
        parts = (
            f"{base36(b - a)}+{base36(last - first)}"
            for (a, b), (first, last) in zip(pairwise(starts), spans, strict=True)
        )
        lines.append(f"{names.replace('+', '/')}={','.join(parts)}")
    return lines


def write(path: Path, entries: list[str], **words: str) -> None:
    """Write a module with the entries as one text."""
    text = ";".join(entries)
    lines = "\n".join(text[start : start + 108] for start in range(0, len(text), 108))
    path.write_text(HEADER.format(lines=lines, **words), "utf-8")


def main(directory: Path) -> None:
    """Write both modules."""
    found = re.search(r"Version: (\S+)", (directory / "confusables.txt").read_text("utf-8-sig"))
    assert found
    for name in ("Scripts", "ScriptExtensions", "PropertyValueAliases"):
        assert f"{name}-{found[1]}.txt" in (directory / f"{name}.txt").read_text("utf-8"), "versions differ"
    folder = Path(__file__).parents[1] / "broker" / "core" / "names"
    write(
        folder / "confusables.py",
        confusables(directory),
        title="Confusable characters of names",
        version=found[1],
        name="CONFUSABLES",
        doc="Prototypes and the code points that look like them: `code+code=first,distance to the next,…;…`.",
    )
    write(
        folder / "scripts.py",
        scripts(directory),
        title="The scripts of the characters of names",
        version=found[1],
        name="SCRIPTS",
        doc="Scripts and code points: `script/script=first+further,distance to next first+further,…;…`.",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
