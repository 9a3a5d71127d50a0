"""Words that people know from other chats: short forms, other words, and words without a slash."""

from __future__ import annotations

SHORT = {
    "/j": "/join",
    "/p": "/leave",
    "/m": "/msg",
    "/q": "/query",
    "/w": "/who",
    "/wi": "/whois",
    "/n": "/names",
    "/t": "/topic",
    "/k": "/kick",
    "/ub": "/unban",
    "/ig": "/ignore",
    "/h": "/help",
    "/?": "/help",
    "/c": "/clear",
    "/cls": "/clear",
    "/bye": "/quit",
    "/signoff": "/quit",
}
"""The short forms of weechat and irssi, and what they stand for."""

ELSEWHERE = {
    "/tell": "/msg",
    "/whisper": "/msg",
    "/dm": "/msg",
    "/pm": "/msg",
    "/notice": "/msg",
    "/quote": "/say",
    "/raw": "/say",
    "/win": "/join",
    "/window": "/join",
    "/buffer": "/join",
    "/channel": "/join",
    "/channels": "/list",
    "/ls": "/list",
    "/users": "/who",
    "/online": "/who",
    "/grep": "/search",
    "/find": "/search",
    "/scrollback": "/history",
    "/name": "/nick",
    "/rename": "/nick",
    "/close": "/leave",
    "/wc": "/leave",
    "/unquery": "/leave",
    "/switch": "/join",
    "/jump": "/goto",
    "/status": "/away",
    "/star": "/pin",
    "/mode": "/op",
    "/save": "/set",
    "/file": "/upload",
    "/send": "/upload",
    "/disconnect": "/quit",
    "/silence": "/mute",
    "/remove": "/kick",
    "/commands": "/help",
    "/hilight": "/highlight",
    "/keywords": "/highlight",
    "/dnd": "/quiet",
    "/notifications": "/notify",
}
"""Commands of other chats that are unknown here, and the nearest ones that are known."""

BARE_WORDS = {"help": "/help", "?": "/help", "quit": "/quit", "exit": "/quit", "logout": "/quit"}
"""Lines without a slash that are most likely meant as commands."""
