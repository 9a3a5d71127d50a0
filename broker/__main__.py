"""`python -m broker` is `chat-broker`."""

from broker.cli import main

if __name__ == "__main__":
    main()
