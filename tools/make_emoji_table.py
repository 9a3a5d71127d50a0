"""Make the tables of the page's emoji picker from the npm package emojibase-data and the library `emoji`.

    npm pack emojibase-data && tar xzf emojibase-data-*.tgz
    python tools/make_emoji_table.py package

Order, groups, and words to search for are those of the package (CLDR, in English and German). An emoji and
its shortcodes are as the library has them, so that `:name:` means the same in the terminal.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import emoji

_FOLDER = Path(__file__).parents[1] / "client" / "web" / "static" / "parts"
_LANGUAGES = ("en", "de")
_FULLY_QUALIFIED = 2
_SELECTOR = "\ufe0f"
_TONES = "🏻🏼🏽🏾🏿"
_MOST_WORDS = 7
_GROUPS = (0, 1, 3, 4, 5, 6, 7, 8, 9)
"""Those of the package, without skin tones and hair."""


def known() -> dict[str, tuple[str, str]]:
    """Return the emoji of the library with their shortcodes, by their characters without the selector."""
    found = {}
    for text, one in emoji.EMOJI_DATA.items():
        if one["status"] == _FULLY_QUALIFIED:
            names = [name.strip(":").lower() for name in (*one.get("alias", ()), one["en"])]
            found[text.replace(_SELECTOR, "")] = text, " ".join(dict.fromkeys(names))
    return found


def words(entry: dict[str, object], codes: str) -> str:
    """Return the label and some further words to search for."""
    label = str(entry["label"])
    said = f"{label} {codes}".lower()
    tags = [str(tag) for tag in entry.get("tags", ())]  # type: ignore[attr-defined]
    return "|".join([label, " ".join([tag for tag in tags if tag.lower() not in said][:_MOST_WORDS])])


def table(folder: Path, language: str) -> list[list[list[object]]]:
    """Return a list for each group: emoji, shortcodes, words, and 1 if it comes in skin tones."""
    names = known()
    groups: dict[int, list[list[object]]] = {group: [] for group in _GROUPS}
    for entry in sorted(json.loads((folder / language / "compact.json").read_text()), key=_order):
        group, key = entry.get("group"), entry["unicode"].replace(_SELECTOR, "")
        if group in groups and key in names:
            shown, codes = names[key]
            toned = all(f"{key[0]}{tone}{key[1:]}" in names for tone in _TONES)
            groups[group].append([shown, codes, words(entry, codes), *([1] if toned else [])])
    return list(groups.values())


def _order(entry: dict[str, int]) -> int:
    return entry.get("order", 0)


def main() -> None:
    """Write the tables, a line for each group."""
    folder = Path(sys.argv[1])
    for language in _LANGUAGES:
        lines = [
            json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in table(folder, language)
        ]
        target = _FOLDER / f"emoji-{language}.json"
        target.write_text("[\n" + ",\n".join(lines) + "\n]\n")
        print(f"{target.name}: {target.stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
