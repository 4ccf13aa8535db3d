"""The report of real runs, written by tune and by the command, and looked at in a real browser."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LOOK = """
<script>
addEventListener("load", () => setTimeout(() => {
  const heading = [...document.querySelectorAll("th")].find((one) => one.textContent === "score");
  heading.click(); heading.click();
  const filter = document.querySelector(".filter input");
  filter.value = "trial_00"; filter.dispatchEvent(new Event("input"));
  const told = document.createElement("pre");
  told.textContent = JSON.stringify({
    figures: document.querySelectorAll(".figure").length,
    drawn: [...document.querySelectorAll(".figure")].filter((place) => place.querySelector(".main-svg")).length,
    wide: document.documentElement.scrollWidth > innerWidth,
    first: document.querySelector("table.sortable tbody tr").cells[0].textContent,
    count: document.querySelector("output").textContent,
  });
  told.id = "seen";
  document.body.append(told);
}, 3000));
</script>
"""


def test_tune_writes_a_report_the_command_too_and_python_loads_the_run(run_function: Run, run: Run) -> None:
    import runner

    words = ["search_space.slope=grid([1,2,9,3,4,5,6,7,8,0])", "search_space.reports=3", "budget.num_samples=1"]
    tuned = run_function("line", *words, "report=true")
    assert tuned.code == 0, tuned.err
    folder = tuned.run
    page = folder / "report.html"
    assert f"report        {page.relative_to(tuned.folder)}" in tuned.out
    drawn = {path.stem for path in (folder / "plots").iterdir()}
    assert drawn == {"best_over_time", "learning_curves", "parallel_coordinates", "importance", "slices"}
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.?http", page.read_text())
    page.unlink()
    again = run("report", "latest", "--export", "csv,optuna")
    assert again.code == 0, again.err
    assert f"report  {page.relative_to(tuned.folder)}" in again.out
    assert {path.name for path in (folder / "export").iterdir()} == {"trials.csv", "history.csv", "optuna.db"}
    loaded = runner.load(folder)
    assert loaded.best is not None
    assert (loaded.best.name, len(loaded.history)) == ("trial_002", 30)
    assert loaded.result_grid.get_best_result().metrics["objective"] == 27
    assert loaded.result_grid.get_best_result("objective", "max").metrics["objective"] == 27
    if BROWSER is None:
        pytest.skip("no Chromium is installed: all was tested but how the page looks in a browser")
    _looks_right(page)


def _looks_right(page: Path) -> None:
    for width in (1200, 700):
        seen = _look(page, width)
        assert '"wide":false' in seen, seen
        figures, drawn = (int(re.search(rf'"{key}":(\d+)', seen)[1]) for key in ("figures", "drawn"))  # type: ignore[index]
        assert figures == drawn > 3
        assert '"first":"trial_002 (best)"' in seen
        assert '"count":"10 of 10 trials"' in seen


def _look(page: Path, width: int) -> str:
    """What a browser of that width sees, with every figure in view."""
    copy = page.with_name("looked_at.html")
    copy.write_text(page.read_text().replace("</body>", LOOK + "</body>"))
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"]
    command = [str(BROWSER), *flags, f"--window-size={width},9000", copy.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    seen = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout)
    assert seen, done.stderr
    return seen[1]


def test_wrong_names_are_refused_at_once(run: Run, project: Path) -> None:
    (project / "outputs").mkdir()
    for words, told in (
        (("report",), "needs RUN"),
        (("report", "outputs/none"), "there is no such folder"),
        (("report", "outputs"), "holds no run"),
        (("report", "latest", "--export", "excel"), "'excel' is no format"),
    ):
        done = run(*words)
        assert (done.code, told in done.err) == (2, True), done.err
