from broker.core.access.passwords import hash_password, is_password


def test_a_password_is_known_by_its_hash_and_another_is_not() -> None:
    encoded = hash_password("correct horse", "token-1")
    assert encoded.startswith("$argon2id$v=19$m=12288,t=2,p=1$")
    assert is_password(encoded, "correct horse")
    assert not is_password(encoded, "wrong horse")


def test_the_same_password_is_kept_in_another_way_each_time() -> None:
    assert hash_password("correct horse", "token-1") != hash_password("correct horse", "token-2")
