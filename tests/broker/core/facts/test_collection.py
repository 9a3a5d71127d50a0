"""The facts of one user are found among those of very many, also after a restart and after an undoing."""

from broker.core.changes import Changes
from broker.core.facts.collection import Facts
from broker.core.facts.moderation import MissedNotice
from broker.core.store import Entry, StoredFact

FIRST, SECOND = MissedNotice(1, "#tea", "kicked", 5), MissedNotice(2, "#tea", "kicked", 6)


def test_the_facts_of_a_user_are_those_that_are_kept() -> None:
    journal: list[Entry] = []
    facts = Facts({}, Changes(), journal)
    for fact in (FIRST, SECOND):
        facts.keep(fact)
    assert facts.of_user(MissedNotice, 1) == [FIRST]
    stored = {(one.kind, one.key): one.value for one in journal if isinstance(one, StoredFact) and one.value}
    again = Facts(stored, Changes(), [])
    assert again.of_user(MissedNotice, 2) == [SECOND]
    again.drop(SECOND)
    assert again.of_user(MissedNotice, 2) == []


def test_what_is_undone_is_undone_for_the_user_too() -> None:
    changes = Changes()
    facts = Facts({}, changes, [])
    facts.keep(FIRST)
    mark = changes.mark()
    facts.drop(FIRST)
    facts.keep(SECOND)
    changes.revert(mark)
    assert facts.of_user(MissedNotice, 1) == [FIRST]
    assert facts.of_user(MissedNotice, 2) == []
