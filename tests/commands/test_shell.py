"""Words through a real shell: quotes are all that a user needs."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

RUNNER = f"'{sys.executable}' -m runner --cfg job"

LINES = {
    """experiment=digits 'search_space.lr=loguniform(1e-5,1e-1)' search_space.lr.upper=0.01 'search_space.act=choice(
    ["relu", "a,b", "c=d"])' 'search_space.model.depth=randint(1, 5)' +search_space.width=64 +seed=7 name=ünï
    'searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5}]' budget.max_concurrent=null
    'trainable.import_path=my.module:train' 'output_dir="my runs/a=b, c"' searcher.sampler_args.n_startup_trials=3""": {
        "search_space.lr": {"distribution": "loguniform", "lower": 1e-5, "upper": 0.01},
        "search_space.act": 'choice( ["relu", "a,b", "c=d"])',
        "search_space.model.depth": "randint(1, 5)",
        "search_space.width": 64,
        "seed": 7,
        "name": "ünï",
        "searcher.points_to_evaluate": [{"lr": 0.001, "momentum": 0.5}],
        "budget.max_concurrent": None,
        "trainable.import_path": "my.module:train",
        "output_dir": "my runs/a=b, c",
        "searcher.sampler_args": {"n_startup_trials": 3},
    },
    """'objective.metrics=[{metric: metrics/mAP50-95(M), weight: 0.7}, {metric: metrics/mAP50-95(B), weight: 0.3}]'
    search_space.lr0.upper=0.01 trainable.train_args.imgsz=128 +trainable.train_args.freeze=[0,1]
    "trainable.data='a b/c, d=e.yaml'" trainable.model=weights/my\\ model.pt stopper=[plateau] 'logger=[csv, json]'
    'search_space.optimizer=choice(["SGD", "AdamW"])'""": {
        "objective.metrics": [
            {"metric": "metrics/mAP50-95(M)", "weight": 0.7},
            {"metric": "metrics/mAP50-95(B)", "weight": 0.3},
        ],
        "search_space.lr0.upper": 0.01,
        "trainable.train_args.imgsz": 128,
        "trainable.train_args.freeze": [0, 1],
        "trainable.data": "a b/c, d=e.yaml",
        "trainable.model": "weights/my model.pt",
        "stopper.plateau.name": "plateau",
        "logger": {"csv": {"name": "csv"}, "json": {"name": "json"}},
        "search_space.optimizer": 'choice(["SGD", "AdamW"])',
    },
    """'objective.metric=metrics/mAP50(M)' objective.mode=max budget.time_budget='1h 30m'""": {
        "objective.metric": "metrics/mAP50(M)",
        "objective.mode": "max",
        "budget.time_budget": "1h 30m",
    },
}


def value(config: Any, key: str) -> Any:
    for part in key.split("."):
        config = config[part]
    return config


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_what_a_user_types_arrives_as_it_was_meant(line: str, tmp_path: Path) -> None:
    command = re.sub(r"\s*\n\s*", " ", f"{RUNNER} {line}")
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    config = yaml.load(done.stdout, Loader=yaml.SafeLoader)
    assert {key: value(config, key) for key in LINES[line]} == LINES[line]
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("line", ["--help", "why --help"])
def test_a_reader_that_has_seen_enough_is_no_error(line: str, tmp_path: Path) -> None:
    command = f"({RUNNER.removesuffix(' --cfg job')} {line}; echo code $? >&2) | head -1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stderr, len(done.stdout.splitlines())) == ("code 0\n", 1)
