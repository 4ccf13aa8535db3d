"""What a docstring of the project says: the text, and the meaning of each argument."""

import re

_ARGUMENT = re.compile(r"(\w+(?:, \w+)*): (.*)")


def about(text: str) -> str:
    """What comes before the arguments."""
    return text.partition("\nArgs:\n")[0].strip()


def meanings(text: str) -> dict[str, str]:
    """Argument to meaning, each on one line."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in text.partition("\nArgs:\n")[2].splitlines():
        argument = _ARGUMENT.fullmatch(line.strip()) if line.startswith("    ") and line[4:5] != " " else None
        if argument:
            names = argument[1].split(", ")
            found |= dict.fromkeys(names, argument[2])
        elif line.startswith(" "):
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        elif line:
            break
    return found
