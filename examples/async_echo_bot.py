"""A bot that sends direct messages back, with asyncio: `python examples/async_echo_bot.py [ENDPOINT]`."""

import asyncio
import sys

from client import AsyncChat


async def main() -> None:
    async with AsyncChat(*sys.argv[1:2], name="echo", bot=True) as chat:
        async for message in chat.messages():
            if message.sender != chat.name and message.conversation.startswith("@"):
                await chat.send(message.conversation, message.text)


asyncio.run(main())
