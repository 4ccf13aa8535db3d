"""Docstrings of the project as data."""

from runner.config.docstring import about, meanings

TEXT = """One line.

More of it.

Args:
    a: first, which goes on
        in the next line (b: c).
    cpus, gpus: both.

Afterwards:
    x: not an argument.
"""


def test_a_meaning_may_take_several_lines_and_several_names_one() -> None:
    assert meanings(TEXT) == {
        "a": "first, which goes on in the next line (b: c).", "cpus": "both.", "gpus": "both.",
    }  # fmt: skip


def test_the_text_ends_where_the_arguments_begin() -> None:
    assert about(TEXT) == "One line.\n\nMore of it."
    assert about("One line.") == "One line."
    assert meanings("One line.") == {}
