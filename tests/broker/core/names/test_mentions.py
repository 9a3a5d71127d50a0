"""Names that a text mentions: the table of cases, and bounds for texts that are made to be slow."""

import pytest

from broker.core.names.mentions import find_mentions
from messages.names import canonical_key, parse_address

NAMES = {
    parse_address(name).key
    for name in (
        *("alice", "bob", "Bob-2", "bob_x", "alice~2", "Élodie", "Straße", "Ольга", "Γιώργος", "김철수"),
        *("田中", "田中さ", "田中太郎", "たなか", "สมชาย", "ສົມສັກ", "សុខា", "အောင်", "मोहन", "דוד", "أحمد"),
    )
}


def found(text: str) -> list[str]:
    return find_mentions(text, NAMES.__contains__)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bob", "bob"),
        ("hello @bob and @alice", "bob alice"),
        ("@bob @bob @BOB", "bob"),
        ("line\n@bob", "bob"),
        ("bob", ""),
        ("@ bob", ""),
        ("@nobody", ""),
        # what stands behind a name
        ("@bob, @alice.", "bob alice"),
        ("@bob: look", "bob"),
        ("(@bob)", "bob"),
        ("@bob's idea", "bob"),
        ("@bob’s idea", "bob"),
        ("@bob…", "bob"),
        ("@bob²", "bob"),
        ("“@bob”", "bob"),
        ("*@bob* **@alice**", "bob alice"),
        ("~~@bob~~", "bob"),
        ("@bob/@alice", "bob alice"),
        ("@bob🎉", "bob"),
        ("@bobby", ""),
        ("@bobé", ""),
        ("@bob\u0301", ""),
        ("@bob2", ""),
        ("@bob-2", "bob-2"),
        ("@bob-3", ""),
        ("@bob_x", "bob_x"),
        ("@bob_", ""),
        ("@bob-", ""),
        # numbers of names that several users have
        ("@alice~2", "alice~2"),
        ("@alice~2!", "alice~2"),
        ("@alice~3", "alice"),
        ("@alice~2nd", "alice"),
        # what stands before the @
        (".@bob", "bob"),
        ("cc:@bob", "bob"),
        ("-@bob", "bob"),
        ("_@bob", "bob"),
        ("!@bob", "bob"),
        ("@@bob", ""),
        ("x-@bob", ""),
        # e-mail addresses
        ("bob@bob", ""),
        ("carol@bob.example", ""),
        ("first.last+tag@bob.example", ""),
        ("tag+@bob.example", ""),
        ("élo@bob", ""),
        ("मो@bob", ""),
        ("<carol@bob>", ""),
        ("@bob@example.org", ""),
        # URLs
        ("https://example.org/@bob", ""),
        ("(https://example.org/@bob) @alice", "alice"),
        ("<https://example.org/@bob>@alice", "alice"),
        ("[@alice](https://example.org/@bob)", "alice"),
        ("https://example.org/a_(b)/@bob", ""),
        ("https://user:x,@bob", ""),
        ("www.example.org/@bob", ""),
        ("example.org/@bob", ""),
        ("例え.テスト/@bob", ""),
        ("example.org:8080/@bob", ""),
        ("mailto:@bob", ""),
        ("irc://example.org/@bob", ""),
        ("見てhttps://example.org/@bob。@alice", "alice"),
        # code spans
        ("`@bob`", ""),
        ("`@bob` @alice", "alice"),
        ("``@bob ` @bob`` @alice", "alice"),
        ("`` @bob `", "bob"),
        ("`@bob", "bob"),
        ("`a\n@bob`", ""),
        ("`a\n\n@bob`", "bob"),
        ("\\`@bob\\`", "bob"),
        ("\\\\`@bob`", ""),
        ("`\\`@bob`", "bob"),
        ("```@bob```", ""),
        ("x`y`@bob", "bob"),
        # fenced code
        ("```\n@bob\n```", ""),
        ("```python\n@bob\n```\n@alice", "alice"),
        ("  ```\n@bob\n   ````  \n@alice", "alice"),
        ("````\n```\n@bob\n````\n@alice", "alice"),
        ("```\n@bob\n``` x\n@bob", ""),
        ("```\n@bob\n~~~\n@bob", ""),
        ("~~~ `x`\n@bob\n~~~\n@alice", "alice"),
        ("a\n```\n@bob", ""),
        ("`a\n```\n@bob\n```\nb` @alice", "alice"),
        # quotes
        ("> @bob", ""),
        (">@bob\n@alice", "alice"),
        ("  > @bob\n> @bob\n\n@alice", "alice"),
        ("a > @bob", "bob"),
        ("`a\n> b\n@bob`", "bob"),
        ("```\n> x\n@bob", ""),
        # names of all scripts, and case
        ("@Bob @ALICE", "bob alice"),
        ("@élodie", "élodie"),
        ("@E\u0301LODIE", "élodie"),
        ("@STRASSE @straße", "strasse"),
        ("@ОЛЬГА,", "ольга"),
        ("@Ольгам", ""),
        ("@ΓΙΏΡΓΟΣ", "γιώργοσ"),
        ("@김철수", "김철수"),
        ("@김철수는", ""),
        ("@मोहन।", "मोहन"),
        ("@मोहनजी", ""),
        ("@דוד,", "דוד"),
        ("@أحمد،", "أحمد"),
        # scripts without spaces: the longest name counts
        ("@田中", "田中"),
        ("@田中さんへ", "田中さ"),
        ("@田中太郎です", "田中太郎"),
        ("@田中太", "田中"),
        ("@たなかです", "たなか"),
        ("こんにちは@田中。", "田中"),
        ("@bobさん", "bob"),
        ("@bobbyさん", ""),
        ("@田中OK", "田中"),
        ("@田中2", ""),
        ("@สมชายครับ", "สมชาย"),
        ("@ສົມສັກໄປ", "ສົມສັກ"),
        ("@សុខាទៅ", "សុខា"),
        ("@အောင်ကို", "အောင်"),
        ("@" + "田" * 200, ""),
        ("@田中" + "田" * 200, "田中"),
    ],
)
def test_a_text_mentions_these_names(text: str, names: str) -> None:
    assert found(text) == [canonical_key(name) for name in names.split()]


@pytest.mark.parametrize(
    "piece",
    [
        "@",
        "`",
        "`@",
        "@a",
        "@田",
        "@" + "田" * 32,
        "@" + "田" * 96,
        "> @",
        "`\n",
        "\\`",
        "@e\u0301",
        "://@",
        "(@",
    ],
)
def test_a_long_text_asks_for_few_names(piece: str) -> None:
    asked = []

    def is_name(key: str) -> bool:
        asked.append(len(key))
        return False

    text = (piece * 4_000)[:4_000]
    assert find_mentions(text, is_name) == []
    assert len(asked) <= len(text)
    assert max(asked, default=0) <= 128


def test_very_many_names_are_found_each_once() -> None:
    text = "@bob " * 800
    assert found(text) == ["bob"]
