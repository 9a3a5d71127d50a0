"""The client: `Chat` and `AsyncChat` for programs, `chat-client` for people, pipes and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client.async_chat import AsyncChat
    from client.chat import Chat, ChatClosed, FileError

__all__ = ["AsyncChat", "Chat", "ChatClosed", "FileError"]


def __getattr__(name: str) -> object:
    """Import Chat or AsyncChat at first use, because --help of the commands needs no ZeroMQ."""
    if name == "AsyncChat":
        from client.async_chat import AsyncChat  # noqa: PLC0415

        return AsyncChat
    if name in __all__:
        from client import chat  # noqa: PLC0415

        return getattr(chat, name)
    raise AttributeError(f"module 'client' has no attribute {name!r}")
