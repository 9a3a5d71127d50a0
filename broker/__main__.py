"""`python -m broker` is `chat-broker`, which begins here too."""

import sys


def main() -> None:
    """Run the command. Whoever interrupts it while it is being loaded gets no traceback either."""
    try:
        from broker.cli import main as command  # noqa: PLC0415 - it takes a moment, in which Ctrl-C may come

        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
