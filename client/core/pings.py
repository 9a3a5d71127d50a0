"""Whether a message is meant for the person: a direct message, or one that mentions them."""

from __future__ import annotations

import re
from functools import lru_cache

from messages.events import Message
from messages.names import canonical_key

MENTION = "mention"
"""The ability of a broker that finds mentions. For others the client looks for the name itself."""

_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Letters of scripts that write no spaces between words."""
_BEFORE = rf"(?<![^\W{_NO_SPACES}])(?<![-\u0300-\u036f])"
_AFTER = rf"(?![^\W{_NO_SPACES}])(?![-\u0300-\u036f])"


def pings(message: Message, name: str, *, found: bool) -> bool:
    """Return whether a message of another user is meant for the user of this name.

    `found`: the broker finds mentions, and the message says whom it mentions.
    """
    if message.sender == name:
        return False
    return message.conversation.startswith("@") or mentions_user(message, name, found=found)


def mentions_user(message: Message, name: str, *, found: bool) -> bool:
    """Return whether a message mentions the user of this name, or everyone."""
    if found:
        return message.everyone or name in message.mentions
    return mentions(message.text, name)


def mentions(text: str, name: str) -> bool:
    """Return whether a text has a name as a word of its own, in whatever case."""
    key, found = canonical_key(name), canonical_key(text)
    return key in found and _pattern(key).search(found) is not None  # the first look is much faster


@lru_cache(maxsize=8)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(f"{_BEFORE}{re.escape(name)}{_AFTER}")
