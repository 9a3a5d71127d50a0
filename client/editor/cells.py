"""Where a character that a person sees begins and ends."""

from __future__ import annotations

from wcwidth import grapheme_boundary_before, iter_graphemes

_USUAL_CLUSTER = 64


def following(text: str, index: int) -> int:
    """Return the end of the grapheme cluster (Unicode TR 29) that begins at `index`."""
    cluster = next(iter_graphemes(text[index : index + _USUAL_CLUSTER]), "")
    if len(cluster) == _USUAL_CLUSTER:
        cluster = next(iter_graphemes(text[index:]))
    return index + len(cluster)


def preceding(text: str, index: int) -> int:
    """Return the start of the grapheme cluster (Unicode TR 29) that ends at `index`."""
    return grapheme_boundary_before(text, index) if index > 0 else 0
