"""The texts of the lines of a reply."""

from client.text.replies import reply_lines
from messages.base import Request
from messages.replies import AnyReply


def reply_texts(request: Request, reply: AnyReply) -> list[str]:
    return [line.text for line in reply_lines(request, reply)]
