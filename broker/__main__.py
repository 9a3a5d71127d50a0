"""The entry point of `python -m broker` and of `chat-broker`."""

import sys


def main() -> None:
    """Run the command. If Ctrl-C interrupts the imports, exit without a traceback too."""
    try:
        from broker.cli import main as command  # noqa: PLC0415 - Ctrl-C may come during the import

        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
