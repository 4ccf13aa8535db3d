"""How the results of check are printed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from runner.api.check import Result
from runner.runs.wording import plural, shown


def wrong(results: Sequence[Result]) -> list[Result]:
    """Those that would not start."""
    return [result for result in results if result.fatal()]


def lines(result: Result) -> Iterator[str]:
    """A line a problem, beginning with the place as compilers write it."""
    for note in result.notes:
        yield f"{result.label}: note: {note}"
    for finding in result.findings:
        problem, said = finding.problem, ""
        line = f":{finding.line}" if finding.line and finding.file == result.file else ""
        if finding.file and finding.file != result.file:
            said = f" (said in {shown(finding.file)}{f':{finding.line}' if finding.line else ''})"
        where = f"{problem.where}: " if problem.where else ""
        kind = "" if problem.fatal else f"{problem.kind}: "
        remedy = f" -> {problem.remedy}" if problem.remedy else ""
        message = " ".join(problem.message.split())
        yield f"{result.label}{line}: {kind}{where}{message}{said}{remedy}"
    if not result.fatal():
        needs = f", needs {' '.join(f'{key}=...' for key in result.needs)}" if result.needs else ""
        yield f"{result.label}: ok{needs}"


def summary(results: Sequence[Result]) -> str:
    """The last line."""
    bad = wrong(results)
    kinds = Counter(finding.problem.kind for result in results for finding in result.findings)
    told = f"checked {plural(len(results), 'experiment')}: {len(results) - len(bad)} ok, {len(bad)} wrong"
    counts = [plural(kinds[noun], noun) for noun in ("problem", "warning") if kinds[noun]]
    return f"{told} ({', '.join(counts)})" if counts else told


def plain(result: Result) -> dict[str, Any]:
    """The result as --json has it."""
    return {
        "preset": result.preset,
        "file": str(result.file) if result.file else None,
        "ok": not result.fatal(),
        "needs": result.needs,
        "notes": result.notes,
        "problems": [
            {
                "rule": finding.problem.rule,
                "where": finding.problem.where,
                "message": finding.problem.message,
                "remedy": finding.problem.remedy,
                "fatal": finding.problem.fatal,
                "file": str(finding.file) if finding.file else None,
                "line": finding.line,
            }
            for finding in result.findings
        ],
    }
