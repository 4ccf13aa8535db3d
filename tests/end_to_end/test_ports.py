"""Published examples of other libraries, written anew as presets, come to what the originals come to.

The other examples stand as presets of the package, and their tests in test_presets.py and test_objectives.py: PyTorch
with pruning (digits), conditional classifiers of scikit-learn (iris), several objectives (forest), Keras with HyperOpt
(keras_digits), population based training (pbt_digits).
"""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.translate.asking import OF_LIBRARIES, installed

pytestmark = [pytest.mark.slow, *OF_LIBRARIES]
FUNCTIONS = '''
import pickle
from pathlib import Path
from tempfile import TemporaryDirectory

from ray import tune


def easy(config):
    """Of Ray Tune's examples, with a tenth of their steps."""
    for step in range(10):
        mult = config.get("mult", 1)
        tune.report({"mean_loss": 1 / (0.1 + config["width"] * step / 100) + config["height"] * 0.1 * mult})


def sphere(config):
    return config["x"] ** 2 + config["y"] ** 2


def mlp(config):
    """A network of scikit-learn on its digits, whose budget is the number of epochs."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    epochs = config.pop("epochs")
    layers = (config.pop("n_neurons"),) * config.pop("n_layer")
    x, x_val, y, y_val = train_test_split(*load_digits(return_X_y=True), test_size=0.3, random_state=0)
    first, model = 0, MLPClassifier(layers, **config, random_state=0)
    if checkpoint := tune.get_checkpoint():
        first, model = pickle.loads((Path(checkpoint.path) / "model.pkl").read_bytes())
    for epoch in range(first, epochs):
        model.partial_fit(x, y, classes=range(10))
        with TemporaryDirectory() as folder:
            (Path(folder) / "model.pkl").write_bytes(pickle.dumps((epoch + 1, model)))
            tune.report({"accuracy": model.score(x_val, y_val)}, checkpoint=tune.Checkpoint.from_directory(folder))
'''
WIDTH_HEIGHT = {"width": "uniform(0, 20)", "height": "uniform(-100, 100)"}
MLP = {
    "epochs": 9,
    "n_layer": "randint(1, 4)",
    "n_neurons": "qlograndint(8, 64, 8)",
    "activation": "choice(['logistic', 'tanh', 'relu'])",
    "solver": "choice(['sgd', 'adam'])",
    "learning_rate_init": "loguniform(1e-4, 1.0)",
    "batch_size": "choice([32, 64, 128])",
    "when": {"solver": {"sgd": {"momentum": "uniform(0.0, 0.99)"}}},
}


ACTIVATION = {"activation": "choice(['relu', 'tanh'])"}


@dataclass(frozen=True)
class Port:
    """An example: what it tunes, and how good its best trial must be."""

    function: str
    space: dict[str, Any]
    num_samples: int
    bound: float
    """What the original comes to with the worst of three to six seeds, run by hand with its library.

    Ray's basic example draws 10 trials at random; here it draws 20, as 10 of one seed may be unlucky.
    """
    searcher: dict[str, Any]
    scheduler: str = "asha"
    mode: str = "min"


PORTS = {
    "ray_basic": Port("easy", WIDTH_HEIGHT, 20, -3.86, {"name": "random"}, "fifo"),
    "ray_bayesopt": Port("easy", WIDTH_HEIGHT, 15, -8.95, {"name": "bayesopt", "random_search_steps": 5}),
    "ray_nevergrad": Port(
        "easy", {**WIDTH_HEIGHT, **ACTIVATION}, 15, -6.85, {"name": "nevergrad", "optimizer": "OnePlusOne"}
    ),
    "ray_hyperopt_conditional": Port(
        "easy",
        {**WIDTH_HEIGHT, **ACTIVATION, "when": {"activation": {"relu": {"mult": "uniform(1, 2)"}}}},
        20, -9.36, {"name": "hyperopt", "n_initial_points": 5},
    ),
    "hydra_sphere": Port(
        "sphere", {"x": "quniform(-5.5, 5.5, 0.5)", "y": "choice([-5, 0, 5])"}, 20, 0.0, {"name": "optuna"}, "fifo"
    ),
    "smac_mlp": Port("mlp", MLP, 9, 0.8, {"name": "random"}, "hyperband", "max"),
}  # fmt: skip
METRICS = {"easy": "mean_loss", "sphere": "score", "mlp": "accuracy"}
EPOCHS = {"easy": 10, "sphere": 1, "mlp": 9}


def preset(name: str) -> str:
    """The example as a user would write it."""
    port = PORTS[name]
    return "# @package _global_\n" + yaml.safe_dump({
        "defaults": [
            {"override /trainable": "function"}, {"override /search_space": "none"},
            {"override /searcher": port.searcher["name"]}, {"override /scheduler": port.scheduler},
            {"override /logger": []},
        ],
        "name": name,
        "seed": 0,
        "report": False,
        "objective": {"metrics": [{"metric": METRICS[port.function], "mode": port.mode}]},
        "budget": {"num_samples": port.num_samples, "max_epochs": EPOCHS[port.function]},
        "resources": {"cpu": 1, "gpu": 0},
        "trainable": {
            "import_path": f"ports:{port.function}", "reuse_workers": True,
            "checkpoint_every": 1 if port.function == "mlp" else None,
        },
        "searcher": port.searcher,
        "search_space": port.space,
    })  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The run folder of each: all of them in one process, on one Ray."""
    project = tmp_path_factory.mktemp("project")
    (project / "ports.py").write_text(FUNCTIONS)
    presets = project / "conf" / "experiment"
    presets.mkdir(parents=True)
    ported = [name for name, port in PORTS.items() if port.searcher["name"] in installed()]
    for name in ported:
        (presets / f"{name}.yaml").write_text(preset(name))
    words = ["-m", "experiment=" + ",".join(ported)]
    done = subprocess.run(
        [sys.executable, "-m", "runner", *words], cwd=project, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    folders = [path.parent for path in project.glob("outputs/**/trials.csv")]
    return {yaml.safe_load((folder / "config.yaml").read_text())["name"]: folder for folder in folders}


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "trials.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", PORTS)
def test_an_example_comes_to_what_the_original_comes_to(name: str, runs: dict[str, Path]) -> None:
    port = PORTS[name]
    if port.searcher["name"] not in installed():
        pytest.skip(f"the package of searcher={port.searcher['name']} is not installed")
    values = [float(row["objective"]) for row in rows(runs[name])]
    assert len(values) == port.num_samples
    assert max(values) >= port.bound if port.mode == "max" else min(values) <= port.bound


def test_a_parameter_of_one_activation_is_absent_under_the_other(runs: dict[str, Path]) -> None:
    seen = {(row["config/activation"], bool(row["config/mult"])) for row in rows(runs["ray_hyperopt_conditional"])}
    assert seen == {("relu", True), ("tanh", False)}


def test_the_network_is_trained_longer_where_it_is_good(runs: dict[str, Path]) -> None:
    trials = rows(runs["smac_mlp"])
    best = max(trials, key=lambda row: float(row["objective"]))
    assert (best["state"], best["iterations"]) == ("completed", "9")
    assert "stopped" in {row["state"] for row in trials}
