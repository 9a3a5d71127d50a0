import msgspec
from hypothesis import given
from hypothesis import strategies as st

from broker.core.entries import Reacting

USERS = st.integers(0, 300)
CHANGES = st.lists(st.tuples(USERS, st.booleans()), max_size=40)


@given(changes=CHANGES, most=st.integers(1, 12), user=USERS)
def test_a_reaction_is_a_list_of_users_in_order(
    changes: list[tuple[int, bool]], most: int, user: int
) -> None:
    reacting, model = Reacting.of("👍"), dict[int, int]()
    for seq, (one, on) in enumerate(changes, 2):
        if on and one not in model:
            reacting, model[one] = reacting.given(one, seq), seq
        elif not on and model.pop(one, 0):
            reacting = reacting.taken_back(one)
    assert reacting == Reacting.of("👍", *model.items())
    assert reacting.pairs == list(model.items())
    assert reacting.count == len(model)
    assert reacting.first(most) == list(model)[:most]
    assert reacting.seq_of(user) == model.get(user, 0)
    assert reacting.without_name(user, 0).pairs == [
        (0 if one == user else one, n) for one, n in model.items()
    ]


def test_its_json_is_one_list() -> None:
    stored = b'["+1",[[1,22],[12,23]]]'
    assert msgspec.json.encode(Reacting.of("+1", (1, 22), (12, 23))) == stored
    assert msgspec.json.decode(stored, type=Reacting).seq_of(12) == 23
