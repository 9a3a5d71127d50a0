from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from client.core.receiving.spans import Spans

NUMBERS = st.integers(0, 12)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove"]), NUMBERS, NUMBERS), max_size=12)


@given(STEPS, NUMBERS)
def test_they_are_a_set_of_numbers_in_as_few_ranges_as_possible(
    steps: list[tuple[str, int, int]], number: int
) -> None:
    spans, numbers = Spans(), set[int]()
    for step, one, other in steps:
        first, last = sorted((one, other))
        getattr(spans, step)(first, last)
        numbers = getattr(numbers, {"add": "union", "remove": "difference"}[step])(range(first, last + 1))
    ranges = list(spans)
    assert {each for first, last in ranges for each in range(first, last + 1)} == numbers
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(ranges))
    around = spans.around(number)
    assert (around is not None) == (number in numbers)
    assert around is None or (around in ranges and around[0] <= number <= around[1])
