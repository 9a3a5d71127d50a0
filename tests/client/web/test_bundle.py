"""Modules in one file: they run as they do alone, others come when they are wanted."""

from __future__ import annotations

import pytest

from client.web.bundle import bundles, joined_sheet

_PAGE = {
    "main.js": 'import { add as plus, Box } from "./sums/add.js";\nimport { ONE } from "./sums/one.js";\n'
    'const later = () => import("./menu/menu.js");\n',
    "sums/add.js": 'import { ONE } from "./one.js";\nexport function add(n) { return n + ONE; }\n'
    "export class Box {}\n",
    "sums/one.js": "const two = 2;\nexport const ONE = two - 1;\nexport { two };\n",
    "menu/menu.js": 'import { ONE } from "../sums/one.js";\nimport { table } from "./table.js";\n'
    'export const show = () => import("../sums/add.js");\nconst icon = import.meta.url;\n',
    "menu/table.js": "export async function table() {}\n",
    "sw.js": "alone",
}


def test_a_module_is_behind_what_it_imports_and_keeps_its_text() -> None:
    first = bundles(_PAGE, "main.js")["main.js"]
    assert first.index("// sums/one.js") < first.index("// sums/add.js") < first.index("// main.js")
    assert first.count("// sums/one.js") == 1
    assert 'const { add: plus, Box } = modules["sums/add.js"];' in first
    assert "\nfunction add(n) { return n + ONE; }\n" in first
    assert 'modules["sums/one.js"] = { ONE, two };' in first
    assert "menu.js" in first
    assert "// menu/menu.js" not in first


def test_what_is_imported_later_has_only_what_is_not_there_yet() -> None:
    made = bundles(_PAGE, "main.js")
    assert sorted(made) == ["main.js", "menu/menu.js"]
    assert 'import("./menu/menu.js")' in made["main.js"]
    menu = made["menu/menu.js"]
    assert menu.startswith('import { base, modules } from "../main.js";')
    assert 'if (!modules["menu/table.js"]) { // menu/table.js' in menu
    assert "// sums/one.js" not in menu
    assert 'Promise.resolve(modules["sums/add.js"])' in menu
    assert 'new URL("menu/menu.js", base).href' in menu
    assert menu.rstrip().endswith('export const { show } = modules["menu/menu.js"];')


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('import Menu from "./menu/menu.js";', "main.js imports, exports or names something"),
        ("export default 1;", "main.js imports, exports or names something"),
        ("export let n = 1;", "main.js imports, exports or names something"),
        ("// see:\n/*\nexport * from it\n*/", "main.js imports, exports or names something"),
        ("export { add as plus };", "main.js imports, exports or names something"),
        ("const load = (name) => import(name);", "main.js imports, exports or names something"),
        ("const at = import.meta.resolve('./x.js');", "main.js imports, exports or names something"),
        ("const modules = [];", "main.js imports, exports or names something"),
        ('import { x } from "./gone.js";', "main.js imports gone.js, which is not there"),
        ('import "./main.js";', "import each other: main.js main.js"),
    ],
)
def test_a_module_that_cannot_be_in_a_bundle_is_named(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        bundles({**_PAGE, "main.js": text}, "main.js")


def test_a_sheet_has_those_that_it_imports_in_their_places() -> None:
    sheets = {
        "style.css": '@import "style/a.css";\n@import "style/b.css";\n.c {}\n',
        "style/a.css": ".a {}\n",
    }
    with pytest.raises(ValueError, match=r"style/b\.css"):
        joined_sheet(sheets, "style.css")
    sheets["style/b.css"] = ".b {}\n"
    assert joined_sheet(sheets, "style.css") == ".a {}\n.b {}\n.c {}\n"
    with pytest.raises(ValueError, match=r"style/left\.css"):
        joined_sheet({**sheets, "style/left.css": ""}, "style.css")
