"""Secrets out of a text that is kept."""

import os
import re

MASK = "***"

_NAME = r"(?:(?:api|access|secret|private|auth|signing|account)[_-]?key|token|secret|passw(?:or)?d|credentials?)"
_NAMED = re.compile(rf"(?i)({_NAME}[\"']?\s*[:=]\s*[\"']?)[^\s\"',}}#()]{{6,}}(?![\w(])")
_OF_A_NAME = re.compile(rf"(?i){_NAME}$")
_IN_A_URL = re.compile(r"(://[^/\s:@]+:)[^/\s@]+(?=@)")
_BLOCK = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|\Z)", re.DOTALL)
_SHAPES = re.compile(
    r"\b(?:sk|pk|rk)[-_][\w-]{16,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bhf_\w{20,}|\bxox[abprs]-[\w-]{10,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\beyJ[\w-]{10,}\.[\w.-]+|\b[0-9a-f]{40}\b"
)
"""Keys of services as these write them; 40 hexadecimal digits are one of Weights & Biases, or a commit."""


def masked(text: str) -> str:
    """`text` with *** for what is named or looks like a key, a token or a password.

    So is each value that an environment variable of such a name has now.
    """
    for name, value in os.environ.items():
        if _OF_A_NAME.search(name) and len(value) >= 8:
            text = text.replace(value, MASK)
    text = _BLOCK.sub(rf"\1{MASK}\2", text)
    text = _SHAPES.sub(MASK, text)
    text = _IN_A_URL.sub(rf"\1{MASK}", text)
    return _NAMED.sub(rf"\1{MASK}", text)
