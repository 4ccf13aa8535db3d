"""Did you mean."""

import difflib
from collections.abc import Iterable

LONGEST = 100
"""Characters of what was typed that are compared: no known word is longer."""

MARGIN = 0.2
"""By how much less like what was typed a second suggestion may be (0: not at all, 1: the same)."""


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The nearest known words as text for a message, or the list of all known words where none is near."""
    word = str(word)[:LONGEST]
    known = sorted(known)
    last = word.rpartition("/")[2]
    if last != word and last in known:
        return f"did you mean {last}?"
    near = difflib.get_close_matches(word, known, n=2, cutoff=0.6)
    if near:
        alike = [difflib.SequenceMatcher(None, word, found).ratio() for found in near]
        return f"did you mean {' or '.join(w for w, r in zip(near, alike, strict=True) if r > alike[0] - MARGIN)}?"
    if not known:
        return ""
    shown = ", ".join(known[:40])
    return f"known: {shown}{', ...' if len(known) > 40 else ''}"
