from types import SimpleNamespace

from broker.core.changes import Changes


def test_an_attribute_is_as_before_when_its_changes_are_taken_back() -> None:
    changes, target = Changes(), SimpleNamespace(name="alice")
    changes.set(target, "name", "bob")
    changes.set(target, "name", "carol")
    assert target.name == "carol"
    changes.revert()
    assert target.name == "alice"


def test_an_item_is_as_before_when_its_changes_are_taken_back() -> None:
    changes, target = Changes(), {"old": 1, "gone": 2}
    changes.put(target, "old", 3)
    changes.put(target, "new", 4)
    changes.drop(target, "gone")
    changes.drop(target, "never there")
    changes.put(target, "gone", 5)
    assert target == {"old": 3, "new": 4, "gone": 5}
    changes.revert()
    assert target == {"old": 1, "gone": 2}


def test_what_was_derived_is_forgotten_at_once_and_when_taken_back() -> None:
    changes, cleared = Changes(), []
    changes.forget(lambda: cleared.append("now"))
    assert cleared == ["now"]
    changes.revert()
    assert cleared == ["now", "now"]


def test_only_what_came_after_a_mark_is_taken_back() -> None:
    changes, target = Changes(), dict[str, int]()
    changes.put(target, "before", 1)
    mark = changes.mark()
    changes.put(target, "after", 2)
    changes.revert(mark)
    assert target == {"before": 1}
    changes.revert()
    assert target == {}


def test_what_is_settled_cannot_be_taken_back() -> None:
    changes, target = Changes(), dict[str, int]()
    changes.put(target, "kept", 1)
    changes.settle()
    assert changes.mark() == 0
    changes.revert()
    assert target == {"kept": 1}
