"""The way in: the broker's key, the name, and an invite or a code if the broker wants one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from shlex import quote

from client.core.session import SessionState
from client.exits import ClientExit
from client.screen.hosts.asking import AskingHost
from client.screen.hosts.drafting import Given
from client.screen.sheets.confirm import Confirm, Refusal
from client.trust import Trust
from messages.endpoints import address_to_connect
from messages.errors import ErrorCode
from messages.exits import Exit
from messages.identity import check_token
from messages.keys import fingerprint
from messages.replies import Error
from messages.text import neutralise

NAME_PROMPT = "Name: "
CODE_PROMPT = "Invite or code: "

_NAME_OF_LINKED = "linked"  # the broker ignores this name, and its welcome has the right one
_NAME = (
    "Others see you by this name. It begins with a letter, and has letters of any script, digits, _ and -, "
    "at most 32.",
    "If you were given a chat:// address with an invite or a code, you can paste it here. Ctrl-D leaves.",
)
_CODE = (
    "If somebody invited you, paste the invite here, or the whole chat://… address that you were given.",
    "If you use this chat on another device already, type /link there, and the code that it shows here.",
    "Esc goes back to the name. Ctrl-D leaves.",
)
_WANTS_CODE = (ErrorCode.NOT_ADMITTED, ErrorCode.INVITE_INVALID, ErrorCode.LINK_INVALID)
_LINK_CODE = re.compile(r"[A-Za-z0-9]{8}")
_FINGERPRINT = re.compile(r"(SHA256:[A-Za-z0-9+/]{43}),? ?")


class EnteringHost(AskingHost):
    """The part of a `CommandHost` that lets the person in.

    `trust` has the broker's key if the connection is encrypted, `url` is the broker's endpoint. If `refusal`
    is set, the client does not connect, or goes on no more, and the program ends so.
    """

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self.end: ClientExit | None = None
        self.begin: Callable[[], object] = lambda: None
        """Begins to connect."""
        self.url = ""
        self.trust: Trust | None = None
        self.refusal: ClientExit | None = None
        self._is_refused = False
        """Whether the refusal is shown."""

    @property
    def must_answer(self) -> bool:
        """Whether the person is asked for what the login needs."""
        return self.typed.questions.prompt in (NAME_PROMPT, CODE_PROMPT)

    def enter(self) -> None:
        """Connect, and ask before that what is to be asked."""
        if self.refusal is not None:
            self.refuse(self.refusal)
        elif self.trust is not None and not self.trust.line:
            self._ask_about_key(self.trust)
        else:
            self._go_on()

    def _go_on(self) -> None:
        if self.session.name:
            self.begin()
        else:
            self.ask_name()

    # The broker's key

    def _ask_about_key(self, trust: Trust) -> None:
        question = (
            f"This is the first time that you connect to {neutralise(trust.url)}. "
            f"The key in its address is\n  {fingerprint(trust.broker_key)}\n"
            f"If the operator tells you another fingerprint, say no. If you say yes, the client keeps the "
            f"key in {neutralise(str(trust.file))}, and refuses another one later."
        )
        self.sheets.open(
            Confirm(question, self._go_on, title="A new broker", otherwise=self._distrust, stays=True)
        )

    def _distrust(self) -> None:
        url = self.trust.url if self.trust else self.url
        self.end = ClientExit(Exit.REFUSED, f"you did not accept the key of {url}, so nothing was sent")

    def refuse(self, end: ClientExit) -> None:
        """Say why the client does not go on, and end with the next key."""
        if self._is_refused:
            return
        self._is_refused, self.refusal = True, end
        shown = _FINGERPRINT.sub(r"\n  \1\n", neutralise(f"{end.text[:1].upper()}{end.text[1:]}."))
        self.sheets.open(Refusal("Not connected", shown, self._leave))

    def _leave(self) -> None:
        self.end = self.refusal

    # The name and the code

    def ask_name(self, trouble: str = "", typed: str = "") -> None:
        """Ask for the name of the person."""
        self.ask(NAME_PROMPT, "Your name", _NAME, self._named, typed=typed, trouble=trouble)

    def ask_code(self, trouble: str) -> None:
        """Ask for what the broker wants to see before it lets the person in."""
        self.ask(CODE_PROMPT, "How you come in", _CODE, self._coded, trouble=trouble)

    def refused_login(self, error: Error) -> None:
        """Ask for what may help against a refused login."""
        trouble = f"{neutralise(error.text[:1].upper() + error.text[1:])}."
        known = self.session.credentials  # what was refused is not shown again
        invite = None if error.code is ErrorCode.INVITE_INVALID else known.invite
        self.session.credentials = replace(known, link=None, invite=invite)
        if error.code in _WANTS_CODE:
            self.ask_code(trouble)
        else:
            self.ask_name(trouble, self.known_name)

    @property
    def known_name(self) -> str:
        """The name that the person has chosen; empty if they have not."""
        return "" if self.session.name == _NAME_OF_LINKED else self.session.name

    def not_admitted(self, why: str) -> None:
        """Ask for a code, as the broker ends the handshake with this key."""
        if not self.must_answer:
            self.ask_code(neutralise(why))

    def _named(self, name: str) -> None:
        if "://" in name:
            self._present(name)
            if not self.session.credentials.link:
                self.ask_name()
                return
            name = _NAME_OF_LINKED
        self.composer.log_in(name, typed=False)
        self.load_drafts(name)
        self.begin()

    def _coded(self, text: str) -> None:
        self._present(text)
        self.composer.log_in(self.session.name, typed=False)
        if self.session.state is SessionState.OFFLINE:
            self.session.wants_connection = True  # the broker may admit this key now
        self.begin()

    def _present(self, text: str) -> None:
        """Log in with an invite or a code from now on; raise ValueError with a sentence if it is none."""
        invite, link = self._read_address(text) if "://" in text else _read_code(text)
        known = self.session.credentials
        self.session.credentials = replace(known, invite=invite or known.invite, link=link or None)

    def _read_address(self, text: str) -> tuple[str, str]:
        endpoint = address_to_connect(text)
        known = self.trust.broker_key if self.trust else ""
        if endpoint.key != known if known else endpoint.url != self.url:
            raise ValueError(
                "this address is of another broker; leave with Ctrl-D, and start "
                f"chat-client --connect {quote(text)}"
            )
        if not (endpoint.invite or endpoint.link):
            raise ValueError("this address has no invite and no code; ask for one that has")
        return endpoint.invite, endpoint.link


def _read_code(text: str) -> tuple[str, str]:
    """Return an invite, or the code of another device, which may have blanks and hyphens."""
    if not text:
        raise ValueError("an invite or a code is missing")
    check_token(text)
    bare = re.sub("[ -]", "", text)
    return ("", bare) if _LINK_CODE.fullmatch(bare) else (text, "")
