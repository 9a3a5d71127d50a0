"""Texts that a hostile peer could send to a terminal."""

from __future__ import annotations

import random

ESCAPES = [
    *(
        "\x1b[31m",
        "\x1b[2J",
        "\x1b[H",
        "\x1b[5A",
        "\x1b[1;1H",
        "\x1b[?1049h",
        "\x1b[?25l",
        "\x1b[?1000h",
        "\x1b[8m",
    ),
    *(
        "\x1b[6n",
        "\x1b[c",
        "\x1b[21t",
        "\x1b[201~",
        "\x1b[3;5r",
        "\x1b[4h",
        "\x1b[20h",
        "\x1b[1000@",
        "\x1b[",
        "\x1b",
    ),
    *(
        "\x1bc",
        "\x1b7",
        "\x1b8",
        "\x1bM",
        "\x1bD",
        "\x1bE",
        "\x1b#8",
        "\x1b(0",
        "\x1b%G",
        "\x1b=",
        "\x1b>",
        "\x1bZ",
    ),
    *(
        "\x1b]0;owned\x07",
        "\x1b]2;owned\x1b\\",
        "\x1b]52;c;b3duZWQ=\x07",
        "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    ),
    *(
        "\x1b]4;1;?\x07",
        "\x1bPq#0\x1b\\",
        "\x1b_G\x1b\\",
        "\x1b^x\x1b\\",
        "\x1bXx\x1b\\",
        "\x1b]1337;File=:AAAA\x07",
    ),
    *("\x9b31m", "\x9d0;owned\x9c", "\x90q\x9c", "\x9f", "\x85", "\x84", "\x8d", "\x8e"),
    *("\r", "\b\b\b\b", "\x7f", "\x07", "\x00", "\x0b", "\x0c", "\x0e", "\x0f", "\x1a", "\x1c", "\r\x1b[K"),
]
BIDI = [
    *(
        "\u202e",
        "\u202d",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
    ),
    *("\u2028", "\u2029", "\ufeff", "\ufff9", "\U000e0041", "\U000e007f"),
]
MARKS = ["\u200e", "\u200f", "\u061c"]
"""A log has escapes for these too. A person's text needs them, and this screen does not know them."""


def payloads(parts: list[str], count: int) -> list[str]:
    """Return texts that hold these parts, each of them at least once, between letters and at the ends."""
    chance = random.Random(7)
    chosen = (
        [parts[number % len(parts)], *chance.choices(parts, k=chance.randrange(3))] for number in range(count)
    )
    return [f"<{number}{'x'.join(some)}{number}>" for number, some in enumerate(chosen)]


_RUN = "window.hacked=1"
MARKUP = [
    *(
        f"<script>{_RUN}</script>",
        f"<ScRiPt >{_RUN}</sCrIpT\t>",
        f"</script><script>{_RUN}//",
        "<script src=//evil.test/x.js>",
    ),
    *(
        f"<img src=x onerror={_RUN}>",
        f'"><img src=x onerror="{_RUN}">',
        f"<img/src/onerror={_RUN}>",
        f"<image src=x onerror={_RUN}>",
    ),
    *(
        f"<svg/onload={_RUN}>",
        f"<svg><script>{_RUN}</script></svg>",
        f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    ),
    *(
        f'<svg><a xlink:href="javascript:{_RUN}"><text y=9>x',
        "<svg><use href='data:image/svg+xml,<svg id=x/>#x'/>",
    ),
    *(
        f"<math><mi//xlink:href='javascript:{_RUN}'>",
        f"<math><mtext><table><mglyph><style><img src onerror={_RUN}>",
    ),
    *(
        f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>",
        f"<listing>&lt;img src onerror={_RUN}&gt;</listing>",
    ),
    *(
        f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={_RUN}>",
        f"<svg></p><style><a id='</style><img src onerror={_RUN}>'>",
    ),
    *(
        f"<body onload={_RUN}>",
        "<iframe srcdoc='<script>parent.hacked=1</script>'>",
        f"<iframe src=javascript:{_RUN}>",
        f"<object data=javascript:{_RUN}>",
    ),
    *(
        f"<details open ontoggle={_RUN}>",
        f"<video><source onerror={_RUN}>",
        f"<input autofocus onfocus={_RUN}>",
        f"<marquee onstart={_RUN}>",
    ),
    *(
        f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>",
        "<base href=//evil.test/>",
        "<link rel=stylesheet href=//evil.test/x.css>",
    ),
    *(
        f"<a href=javascript:{_RUN}>x</a>",
        f"<a href=' javascript:{_RUN}'>x",
        f"<a href='java\nscript:{_RUN}'>x",
        "<form action=//evil.test><button>go",
    ),
    *(
        f"[x](javascript:{_RUN})",
        f"[x](data:text/html,<script>{_RUN}</script>)",
        f"![x](x onerror={_RUN})",
        f"<javascript:{_RUN}>",
    ),
    *(
        f"javascript:{_RUN}",
        f"JaVaScRiPt:{_RUN}",
        f"javascript://example.org/%0a{_RUN}",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
    ),
    *(
        f"https://example.org/\"onmouseover='{_RUN}'",
        f"https://example.org/'><script>{_RUN}</script>",
        "https://example.org\u202e/gro.live//:sptth",
    ),
    *(
        "https://user:pass@evil.test/",
        "http://[::1]:80@evil.test/",
        "https://аррӏе.test/",
        "https://evil.test\\@example.org/",
        "HTTPS://EXAMPLE.ORG/<b>",
    ),
    *(
        f"{{{{constructor.constructor('{_RUN}')()}}}}",
        f"${{{_RUN}}}",
        f"#{{{_RUN}}}",
        f"<%= {_RUN} %>",
        f"{{% {_RUN} %}}",
        f"`${{{_RUN}}}`",
    ),
    *(
        "<style>*{display:none}</style>",
        "<p style='position:fixed;inset:0;z-index:99'>",
        "</style><style>body{background:url(//evil.test)}",
        "@import '//evil.test';",
    ),
    *(
        "__proto__",
        '{"__proto__":{"hacked":1}}',
        "constructor.prototype.hacked",
        "toString hasOwnProperty valueOf",
        "__defineGetter__",
    ),
    *(
        "</p></div></article></main></body></html>",
        "<!--",
        "--><!--[if IE]>",
        "]]>",
        "<![CDATA[",
        "<?php",
        "&lt;b&gt; &#60;script&#62; &amp;",
        "&#x202e;",
    ),
    *(
        f"'; {_RUN}; '",
        f'"; {_RUN}; "',
        f"\\'; {_RUN}//",
        f"\\u003cscript>{_RUN}",
        "%3Cscript%3E",
        "+ADw-script+AD4-",
        "\u2028window.hacked=1\u2029",
    ),
    *(
        "`</code><script>window.hacked=1</script>`",
        "```\n</code><script>window.hacked=1</script>\n```",
        "> <b>quote",
        "**<i>bold**",
        "~~<s>~~",
        "- <li>",
    ),
    *(
        "x" * 900,
        "W" * 300,
        "\u0e01\u0e49" * 100,
        "e" + "\u0301" * 12,
        "Z" + "\u0316\u0300" * 6,
        "\ufdfd" * 30,
        "𒐫" * 20,
        "\u1b44" * 12,
    ),
    *(
        "مرحبا <b>",
        "\u202eevil",
        "\u2067x\u2066y",
        "\u200f\u200e\u061c",
        "\ufeff\u200b\u2060",
        "\U000e0041\U000e007f",
        "👨‍👩‍👧‍👦" * 20,
        "🏴\U000e0067\U000e007f",
    ),
    *(
        "\u00a0" * 80 + "x",
        "\u3000" * 80 + "x",
        "\t" * 40 + "x",
        "\n" * 30 + "x",
        "|a|b|\n|-|-|\n|<b>|c|",
        "# <h1>",
        "1. <ol>",
        "---",
        "[^1]: <b>",
    ),
]
"""What could become more than a text on a page: scripts, addresses, templates, styles; and wide texts."""
