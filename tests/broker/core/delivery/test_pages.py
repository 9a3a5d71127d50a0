import pytest

from broker.core.delivery.pages import bytes_of, first_page, pages
from messages.codec import encode
from messages.events import Message, Position
from messages.limits import MAX_SEQ, PAGE_BYTES
from messages.replies import RoomEntry, UserEntry


def test_all_items_are_there_in_order_in_pages_that_fit() -> None:
    items = list(range(10))
    found = list(pages(items, lambda _: PAGE_BYTES // 4))
    assert found == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_an_item_that_is_too_large_has_a_page_of_its_own() -> None:
    sizes = {"huge": PAGE_BYTES * 3, "small": 1, "large": PAGE_BYTES * 2, "other": 1}
    assert list(pages(list(sizes), sizes.__getitem__)) == [["huge"], ["small"], ["large"], ["other"]]


def test_nothing_makes_no_page() -> None:
    assert list(pages([], bytes_of)) == []
    assert first_page([], bytes_of) == []


def test_a_first_page_has_what_fits() -> None:
    assert first_page(["a" * (PAGE_BYTES // 4)] * 3, bytes_of) == ["a" * (PAGE_BYTES // 4)]


ROOM = "#" + "𐐀" * 64
NAME = "𐐀" * 32 + "~123456789"


@pytest.mark.parametrize(
    ("item", "texts"),
    [
        (Message(ROOM, MAX_SEQ, '"' * 64, NAME, '\\"' * 2000, MAX_SEQ), (ROOM, '"' * 64, NAME, '\\"' * 2000)),
        (Message(ROOM, MAX_SEQ, "1", NAME, "\n\t" * 2000, MAX_SEQ), (ROOM, "1", NAME, "\n\t" * 2000)),
        (Position(ROOM, MAX_SEQ, MAX_SEQ), (ROOM,)),
        (RoomEntry(ROOM, '"' * 300, MAX_SEQ, False), (ROOM, '"' * 300)),
        (UserEntry(NAME, MAX_SEQ, "\u2028" * 300), (NAME, "\u2028" * 300)),
    ],
)
def test_no_item_is_larger_than_was_reckoned(item: object, texts: tuple[str, ...]) -> None:
    assert len(encode(item)) < bytes_of(*texts)
