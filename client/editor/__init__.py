"""The line editor: keys, the typed text, its history and completion, and the rows of the terminal."""
