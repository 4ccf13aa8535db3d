"""The search space of a plan."""

from runner.planning.space import parameters
from tests.config.composing import experiment

WORDS = ("search_space.warmup_epochs=randint(0,5)", "search_space.box.upper=7", "search_space.imgsz=64")


def test_each_parameter_has_its_distribution_bounds_and_default() -> None:
    space = {one.key: one for one in parameters(experiment("experiment=shapes", *WORDS))}
    assert list(space) == ["lr0", "weight_decay", "box", "fliplr", "warmup_epochs", "imgsz"]
    assert (space["lr0"].distribution, space["lr0"].arguments) == ("loguniform", {"lower": 3e-4, "upper": 1e-2})
    assert (space["lr0"].default, space["lr0"].default_inside) == (0.01, True)
    assert (space["box"].default, space["box"].default_inside) == (7.5, False)
    assert space["warmup_epochs"].bounds == (0, 4)
    assert (space["imgsz"].distribution, space["imgsz"].arguments) == (None, {"value": 64})


def test_a_function_tells_no_defaults() -> None:
    assert {one.default_inside for one in parameters(experiment("experiment=quickstart"))} == {None}


def test_a_condition_is_told_with_the_values_that_it_asks_for() -> None:
    words = ("search_space.optimizer=choice(['SGD','AdamW'])", "search_space.lr=uniform(0,1,when={'optimizer':'SGD'})")
    space = {one.key: one for one in parameters(experiment("experiment=quickstart", *words))}
    assert space["lr"].when == {"optimizer": ["SGD"]}
    assert space["optimizer"].when == {}
