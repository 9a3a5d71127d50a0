"""A bot that sends direct messages back: `python examples/echo_bot.py [ENDPOINT]`."""

import sys

from client import Chat

with Chat(*sys.argv[1:2], name="echo", bot=True) as chat:
    for message in chat.messages():
        if message.sender != chat.name and message.conversation.startswith("@"):
            chat.send(message.conversation, message.text)
