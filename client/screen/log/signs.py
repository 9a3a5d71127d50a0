"""What the signs of the full screen mean, for its help."""

from __future__ import annotations

SIGNS = (
    ("…", "your message is on its way"),
    ("·", "the broker has it"),
    ("✓", "it is delivered to somebody"),
    ("✓✓", "somebody has read it"),
    ("!", "beside your message: it was refused; before a conversation: something is meant for you"),
    ("~", "the message was edited"),
    ("^", "it is pinned"),
    ("@2 5", "two of five unread messages are meant for you"),
    ("*", "before a text: what somebody does, as with /me; before a member: an operator"),
    ("+", "a moderator"),
    ("[bot]", "behind a name, ° in a narrow log: a program that answers by itself"),
    ("[guest]", "behind a name, ? in a narrow log: somebody who has proved nothing"),
    ("── new", "the first unread message"),
    ("complete to 64", "in the line below: no message up to number 64 is missing"),
    ("at 8 of 64", "you have scrolled up; Esc goes back to the end"),
    ("▌", "a message that you have marked in the selection"),
    ("┃", "a block of code"),
    ("┆", "what the program says, and results of commands"),
)
"""In the order in which people meet them."""
