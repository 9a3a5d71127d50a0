"""A bot that sends direct messages back, with asyncio: `python examples/async_echo_bot.py [ENDPOINT]`."""

import asyncio
import signal
import sys
from contextlib import suppress

from client import AsyncChat


async def main() -> None:
    bot = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, bot.cancel)
    async with AsyncChat(*sys.argv[1:2], name="echo", bot=True) as chat:
        async for message in chat.messages():
            if message.sender != chat.name and message.conversation.startswith("@"):
                await chat.send(message.conversation, message.text)


with suppress(asyncio.CancelledError):
    asyncio.run(main())
