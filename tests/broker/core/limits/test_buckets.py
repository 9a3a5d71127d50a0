from broker.core.limits.buckets import AddressBuckets, Bucket, RareAction, UserBuckets


def test_a_bucket_gives_its_burst_at_once_and_then_says_how_long_to_wait() -> None:
    bucket = Bucket(rate=10, burst=100)
    assert [bucket.take(50, 0.0), bucket.take(50, 0.0)] == [0.0, 0.0]
    assert abs(bucket.take(5, 0.0) - 0.5) < 1e-9
    assert bucket.take(5, 0.51) == 0.0


def test_what_is_refused_costs_nothing() -> None:
    bucket = Bucket(rate=10, burst=10)
    bucket.take(10, 0.0)
    for _ in range(100):
        assert bucket.take(10, 0.5) > 0
    assert bucket.take(10, 1.01) == 0.0


def test_over_a_long_time_it_gives_no_more_than_its_rate_and_one_burst() -> None:
    bucket = Bucket(rate=200, burst=1_000)
    taken = sum(not bucket.take(1, step / 1_000) for step in range(10_000))
    assert 2_990 <= taken <= 3_001


def test_what_is_given_back_can_be_taken_again() -> None:
    bucket = Bucket(rate=1, burst=1)
    bucket.take(1, 0.0)
    bucket.refund(1)
    assert bucket.take(1, 0.0) == 0.0
    assert bucket.take(1, 0.0) > 0


def test_what_is_rare_has_a_bucket_of_its_own_for_each_kind() -> None:
    meter = UserBuckets(Bucket(1, 1))
    assert [meter.take(RareAction.JOIN, 2, 0.0) > 0 for _ in range(3)] == [False, False, True]
    assert meter.take(RareAction.TOPIC, 2, 0.0) == 0.0
    assert abs(meter.take(RareAction.JOIN, 2, 0.0) - 30) < 1e-9


def test_a_meter_is_as_good_as_new_when_all_its_buckets_are_full() -> None:
    source = AddressBuckets(Bucket(1, 10), Bucket(1, 10))
    assert source.is_full(0.0)
    source.anonymous.take(1, 0.0)
    assert not source.is_full(0.5)
    source.take(RareAction.LOGIN, 60, 0.5)
    assert not source.is_full(1.2)
    assert source.is_full(1.6)
