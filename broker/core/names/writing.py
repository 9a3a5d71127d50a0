"""Whether a name is written as people write: in plain letters, with the marks of their writing.

See Unicode Technical Standard 39, section 5.4: marks that overlay a letter, or repeat, make a name that reads
as another one. The rules are for new names. Names that are in use stay.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from broker.core.names.lookalikes import scripts_of

_MOST_MARKS = 4
_LOOKS_PLAIN = re.compile("[\u0587\u0e33\u0eb3\u0edc\u0edd]")
"""Letters of Armenian, Thai and Lao that Unicode takes apart although people write them so."""

_STRETCHED = "\u0640\u07fa"
"""They only lengthen Arabic and N'Ko letters."""

_APOSTROPHES = "\u02b9\u02bb\u02bc\u02be\u02bf\u02c8\u02ee\ua78c"
"""The letters among the modifiers: of Hawaiian, Skolt Sami, Nenets, Arabic in Latin letters and others."""

_WITHOUT_MARKS_OF_THEIR_OWN = frozenset(
    {"Common", "Inherited", "Unknown", "Latin", "Greek", "Coptic", "Cyrillic", "Glagolitic"}
    | {"Han", "Hiragana", "Katakana", "Bopomofo", "Hangul"}
)
"""Scripts whose marks are written only on certain letters. Most are in the letter's own code point."""

_UNSEEN = re.compile("[\u2d7f\U0001107f\U00013441\U00013442\U00016fe4]")
"""Joiners, fillers and blanks among the letters and marks, in versions of Unicode that have them."""

_ANNOTATIONS = re.compile(
    "[\u0591-\u05af\u05c4\u05c5"  # Hebrew: chanting
    "\u0610-\u061a\u06d6-\u06ed\u0898-\u089f\u08ca-\u08ff"  # Arabic: honorifics, the Koran
    "\u0951-\u0954\u1cd0-\u1cff\ua8e0-\ua8f1\U00011366-\U00011374\U0001145e"  # India: the Vedas
    "\u0f18\u0f19\u0f35\u0f37\u0f3e\u0f3f\u0fc6\u1b6b-\u1b73]"  # Tibet: astrology; Bali: music
)

_VOWELS = "aeiouyæøœəɛɔɨʉɩʊ"
_TONES = f"{_VOWELS}mnŋ"
_LETTERS_WITH = {
    "\u0300": f"{_TONES}ı",  # Yoruba ẹ̀, Dene ı̀
    "\u0301": f"{_TONES}ı",  # Yoruba ọ́, Navajo ą́
    "\u0302": _TONES,  # Taiwanese m̂
    "\u0303": f"{_TONES}g",  # Guarani g̃, Ewe ɔ̃
    "\u0304": f"{_TONES}аоуыэеюя",  # Igbo n̄, Kildin Sami а̄
    "\u0308": "nəɛɔюя",  # Malagasy n̈, Dinka ɛ̈, Khanty ю̈
    "\u030b": _TONES,  # Taiwanese m̋
    "\u030c": _TONES,  # Lingala ɔ̌
    "\u030d": _TONES,  # Taiwanese a̍
    "\u0313": "cklmnpqrstwxyƛ",  # Salish k̓
    "\u0323": "cgpqx",  # Salish x̣
    "\u0324": "aeo",  # Min Dong o̤
    "\u0325": "lr",  # Sanskrit in Latin letters r̥
    "\u0327": "aimouɛɔə",  # Marshallese m̧
    "\u0328": "ıɛɔə",  # Dene ı̨
    "\u0330": "aoɛɔܓܙܟܫ",  # Boko ɛ̰, Assyrian ܟ̰
    "\u0331": "aegiosuxɛɔ",  # Nuer ɛ̱, Tlingit x̱
    "\u0358": "o",  # Taiwanese o͘
    "\u309a": "セツト",  # Ainu ト゚
}
"""The letters on which a mark is written, if Unicode has no code point for both."""


@lru_cache(maxsize=1_024)
def check_writing(name: str) -> None:
    """Raise ValueError with a sentence if a name in NFC is not written as people write."""
    plain = "".join(c if _LOOKS_PLAIN.match(c) else unicodedata.normalize("NFKC", c) for c in name)
    if plain != name:
        raise ValueError(f"{name} has letters of a special form; write {plain}")
    for char in name:
        if _UNSEEN.match(char):
            raise ValueError(f"{_code(char)} cannot be seen; choose a name without it")
        if _is_sign(char):
            raise ValueError(
                f"{char} ({_code(char)}) is a sign, and no letter of a name; choose another name"
            )
    letter, marks = "", ""
    for char in name:
        if unicodedata.category(char)[0] != "M":
            letter, marks = char, ""
            continue
        marks += char
        if not _belongs(char, letter) or _is_stacked(letter + marks):
            on = f" on {letter}" if letter else ""
            raise ValueError(f"the mark {_code(char)} is not written{on} here; choose a name without it")


def _is_sign(char: str) -> bool:
    """Return whether a character is a phonetic sign, a small capital, or a letter's lengthening."""
    match unicodedata.category(char):
        case "Ll":  # letters of an alphabet have capitals
            return char.upper() == char or "SMALL CAPITAL" in unicodedata.name(char, "")
        case "Lm":
            modifies = not scripts_of(char).isdisjoint({"Common", "Inherited", "Latin"})
            return char in _STRETCHED or (modifies and char not in _APOSTROPHES)
    return False


def _belongs(mark: str, letter: str) -> bool:
    """Return whether people write a mark on a letter, which may have others."""
    if unicodedata.category(letter or " ")[0] != "L" or _ANNOTATIONS.match(mark):
        return False
    base = unicodedata.normalize("NFD", letter)[0].lower()
    own = _WITHOUT_MARKS_OF_THEIR_OWN.isdisjoint(scripts_of(mark) | scripts_of(letter))
    return own or base in _LETTERS_WITH.get(mark, "")


def _is_stacked(cluster: str) -> bool:
    """Return whether a letter has the same mark twice, or too many."""
    parts = unicodedata.normalize("NFD", cluster)
    stacked = [char for char in parts if unicodedata.category(char) == "Mn"]
    return len(stacked) > _MOST_MARKS or any(one == other for one, other in pairwise(stacked))


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"
