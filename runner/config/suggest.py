"""Did you mean."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known words as text for a message, or the list of all known words where none is near."""
    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if not known:
        return ""
    shown = ", ".join(known[:40])
    return f"known: {shown}{', ...' if len(known) > 40 else ''}"
