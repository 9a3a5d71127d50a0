"""Run `chat-web` as `python -m client.web`."""

from client.web.cli import main

main()
