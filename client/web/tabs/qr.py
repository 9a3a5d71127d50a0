"""A text as a QR code, for a page to draw. The library `segno` is imported only for it."""

from __future__ import annotations


def qr_modules(text: str) -> tuple[str, ...]:
    """Return the rows of the code, `1` for a dark module, without a quiet zone; none without the library."""
    try:
        import segno  # noqa: PLC0415 - rarely needed
    except ImportError:
        return ()
    code = segno.make_qr(text, error="l", boost_error=False)
    return tuple("".join("1" if module else "0" for module in row) for row in code.matrix)
