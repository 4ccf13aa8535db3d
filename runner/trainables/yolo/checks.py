"""What can be wrong with a YOLO experiment, found before anything starts."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.config.search_space import Choice, Distribution, SearchSpace
from runner.config.suggest import did_you_mean
from runner.errors import Problem
from runner.trainables.yolo import disk, models
from runner.trainables.yolo.arguments import STRIDE, Argument, arguments, fault
from runner.trainables.yolo.data import checks as data_checks
from runner.trainables.yolo.data import dataset, downloads
from runner.trainables.yolo.models import Task
from runner.trainables.yolo.prepare import PACKAGE_HOST, reachable

if TYPE_CHECKING:
    from runner.config.experiment import Experiment
    from runner.trainables.yolo import Yolo

HOMES = {
    "epochs": "budget.max_epochs",
    "epoch": "budget.max_epochs",
    "time": "budget.time_budget",
    "data": "trainable.data",
    "model": "trainable.model",
    "task": "trainable.task",
    "device": "resources.gpu",
    "name": "name",
    "project": "output_dir",
}
"""Arguments of train() that the experiment says elsewhere."""

OURS = {
    "save_dir": "every trial has a folder of its own",
    "exist_ok": "every trial has a folder of its own",
    "mode": "a trial always trains",
    "resume": "a trial always starts at its first epoch",
    "cfg": "arguments are given one by one, so that they can be checked",
}

GONE = {
    "fl_gamma": "focal loss is no option of Ultralytics any more; cls_pw weighs rare classes",
    "label_smoothing": "Ultralytics removed it, and would drop it in silence",
    "save_hybrid": "Ultralytics removed it, and would drop it in silence",
    "crop_fraction": "Ultralytics removed it, and would drop it in silence",
    "training_epochs": "the number of epochs is budget.max_epochs",
    "gpu_per_trial": "GPUs of a trial are resources.gpu",
    "iterations": "the number of trials is budget.num_samples",
    "grace_period": "it is an option of the scheduler: scheduler.grace_period",
    "space": "the search space is the config group search_space",
    "use_ray": "every experiment runs on Ray",
    "augmentations": "it takes Python objects, which a YAML cannot hold",
}

ONLY_IN: dict[str, tuple[Task, ...]] = {
    **dict.fromkeys(("dropout", "erasing", "auto_augment"), ("classify",)),
    **dict.fromkeys(("pose", "kobj", "rle"), ("pose",)),
    "angle": ("obb",),
    **dict.fromkeys(("mask_ratio", "overlap_mask"), ("segment",)),
    **dict.fromkeys(("dlog", "dgrad", "dlam"), ()),
    **dict.fromkeys(
        ("box", "cls", "dfl", "degrees", "translate", "shear", "perspective", "bgr", "mosaic", "mixup", "cutmix",
         "close_mosaic", "conf", "iou", "max_det", "rect", "multi_scale", "cls_pw", "save_txt", "save_conf",
         "save_json", "agnostic_nms"),
        ("detect", "segment", "pose", "obb"),
    ),
    # keypoints are read in place of polygons
    **dict.fromkeys(("copy_paste", "copy_paste_mode"), ("detect", "segment", "obb")),
}  # fmt: skip
"""Arguments that only some tasks read."""

FLIPS = ("fliplr", "flipud")
COLOURS = ("hsv_h", "hsv_s", "hsv_v")
SEVERAL_IMAGES = ("mosaic", "mixup", "cutmix")
"""Augmentations that put several images into one."""

WEIGHTS_OF_YOLO = ("box", "cls", "cls_pw", "dfl")

CLOSED_WITH_MOSAIC = ("mosaic", "mixup", "cutmix", "copy_paste")
SET_BY_AUTO = ("lr0", "momentum", "warmup_bias_lr")

FIXED = "trainable.train_args"
SPACE = "search_space"


def check(options: "Yolo", experiment: "Experiment") -> Iterator[Problem]:
    """Config tier: every problem that the YAML and the installed package show."""
    task = options.known_task()
    searched = experiment.search_space.searched()
    given = _given(options, experiment)
    yield from _check_model(options)
    yield from _check_budget(experiment)
    yield from _check_curves(options)
    for where, value in given.items():
        yield from _check_one(where, value, task)
    yield from _check_twice(options.train_args, experiment)
    effective = {**options.train_args, **experiment.search_space.constants(), **searched}
    yield from _check_auto(given, effective, experiment.search_space)
    yield from _check_automatic_batch(experiment, given)
    yield from _check_mosaic(experiment, effective)
    yield from _check_rect(given, effective, experiment.search_space)
    if task == "classify":
        yield from _check_colours(given, effective, experiment.search_space)
    if models.head(options.model) == models.RTDETR:
        yield from _check_weights(given)
    yield from _check_validation(given)
    yield from _check_workers(experiment, effective, given)


def _check_curves(options: "Yolo") -> Iterator[Problem]:
    """Curves are drawn from weights that are kept."""
    if isinstance(options.curves, int) and options.keep_best and options.curves > options.keep_best:
        message = f"{options.curves} trials are to have curves, and only {options.keep_best} keep their weights"
        yield Problem("yolo-curves", "trainable.curves", message, f"set trainable.curves={options.keep_best}")


def _given(options: "Yolo", experiment: "Experiment") -> dict[str, Any]:
    """Every argument of train(), fixed or searched, by its place in the config."""
    space = experiment.search_space
    return _located(FIXED, options.train_args) | _located(SPACE, {**space.constants(), **space.searched()})


def _located(home: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{home}.{key}": value for key, value in values.items()}


def _key(where: str) -> str:
    return where.removeprefix(f"{FIXED}.").removeprefix(f"{SPACE}.")


def _check_model(options: "Yolo") -> Iterator[Problem]:
    where = "trainable.model"
    path = Path(options.model)
    told = models.task_of(options.model)
    named = len(path.parts) == 1
    if path.suffix not in {".pt", ".yaml", ".yml"}:
        message = f"{options.model} is neither the .yaml of an architecture nor the .pt of weights"
        yield Problem("yolo-model", where, message, did_you_mean(options.model, models.names()))
    elif path.suffix != ".pt" and named and not path.is_file() and models.architecture(path.name) is None:
        remedy = f"{did_you_mean(path.name, models.names())} or give a path, ./{path.name}"
        yield Problem("yolo-model", where, f"Ultralytics has no {path.name}", remedy)
    if options.task and told and options.task != told:
        yield Problem(
            "yolo-task", "trainable.task", f"{options.task}, but {path.name} is a model for {told}",
            f"drop trainable.task, or choose a model for {options.task}",
        )  # fmt: skip
    if options.known_task() is None:
        remedy = f"add trainable.task=segment, or another of {', '.join(models.TASKS)}"
        yield Problem("yolo-task", "trainable.task", f"{path.name} does not tell its task", remedy)


def _check_budget(experiment: "Experiment") -> Iterator[Problem]:
    if experiment.budget.max_epochs is None:
        message = "YOLO needs the number of epochs: the learning rate falls over all of them"
        yield Problem("yolo-epochs", "budget.max_epochs", message, "set budget.max_epochs=100")
    if (experiment.resources.gpu or 0) > 1:
        remedy = "set resources.gpu=1; more GPUs run more trials at once"
        yield Problem("yolo-gpu", "resources.gpu", "a trial on several GPUs cannot report its epochs", remedy)


def _check_one(where: str, value: Any, task: Task | None) -> Iterator[Problem]:
    """One argument, fixed or searched: does it exist, is it in range, does the task read it."""
    key = _key(where)
    foreign = _misplaced(where, key)
    if foreign:
        yield foreign
        return
    argument = arguments()[key]
    if not argument.trains:
        yield Problem("yolo-dead", where, f"train() does not read {key}", f"remove {where}")
    elif task is not None and task not in ONLY_IN.get(key, (task,)):
        readers = ", ".join(ONLY_IN[key]) or "depth"
        yield Problem("yolo-dead", where, f"no effect in {task}: only {readers} reads it", f"remove {where}")
    if isinstance(value, Distribution):
        yield from _check_distribution(where, argument, value)
    elif text := fault(argument, value):
        yield Problem("yolo-value", where, f"{text}", f"{key} takes {argument.allowed}")
    if key == "copy_paste" and task == "detect" and value:
        message = f"has no effect in {task} unless the labels are polygons"
        yield Problem("yolo-dead", where, message, "remove it where the labels are boxes", fatal=False)


def _misplaced(where: str, key: str) -> Problem | None:
    """The problem with an argument that does not belong here, or None."""
    if key in HOMES:
        return Problem("yolo-home", where, f"{key} has its home elsewhere", f"set {HOMES[key]}, remove {where}")
    if key in OURS:
        return Problem("yolo-home", where, f"{key} is set by the runner: {OURS[key]}", f"remove {where}")
    if key == "seed" and where.startswith(FIXED):
        message = "the runner gives each trial its seed, from the experiment's own"
        return Problem("yolo-home", where, message, f"set seed (and trial_seeds), remove {where}")
    if key in GONE:
        return Problem("yolo-argument", where, f"{key} is no argument of train(): {GONE[key]}", f"remove {where}")
    if key not in arguments():
        remedy = did_you_mean(
            key, [name for name, known in arguments().items() if known.trains and name not in {*HOMES, *OURS}]
        )
        return Problem("yolo-argument", where, f"{key} is no argument of train()", remedy)
    return None


def _check_distribution(where: str, argument: Argument, distribution: Distribution) -> Iterator[Problem]:
    """Both ends of a range, or each listed value."""
    if any(distribution.problems()):
        return  # told by the search space itself
    listed = distribution.values()
    faults = list(_faults(argument, distribution.bounds(), distribution)) if listed is None else []
    for value in listed or ():
        text = fault(argument, value)
        if text:
            faults.append(f"the value {text.removeprefix('is ')}" if text.startswith("is ") else text)
    if faults:
        message = f"{distribution}: {' and '.join(faults)}"
        yield Problem("yolo-value", where, message, f"{argument.name} takes {argument.allowed}")


def _faults(argument: Argument, bounds: tuple[float, float] | None, distribution: Distribution) -> Iterator[str]:
    if argument.kind in {"bool", "str"} or argument.name in {"cache", "amp"}:
        yield "it is searched as a number"
    elif bounds is None:
        if argument.lower is not None or argument.upper is not None:
            yield "a normal distribution has no ends"
    elif argument.kind == "int" and not getattr(distribution, "integer", False):
        yield "it gives numbers that are not whole; use randint or qrandint"
    elif argument.name == "imgsz" and (getattr(distribution, "q", 1) % STRIDE or bounds[0] % STRIDE):
        yield f"it gives sizes that are no multiple of {STRIDE}; use qrandint with q: {STRIDE}"
    else:
        kind = int if getattr(distribution, "integer", False) else float
        ends = (("lower end", kind(bounds[0])), ("upper end", kind(bounds[1])))
        yield from (f"the {name} {text}" for name, end in ends if (text := fault(argument, end)))


def _check_twice(train_args: Mapping[str, Any], experiment: "Experiment") -> Iterator[Problem]:
    for key in experiment.search_space.tree:
        if key in train_args:
            remedy = f"remove {FIXED}.{key} or {SPACE}.{key}"
            yield Problem("yolo-twice", f"{SPACE}.{key}", f"also fixed, in {FIXED}.{key}", remedy)


def _can_be(value: Any, wanted: str) -> tuple[bool, bool]:
    """Whether a fixed or searched text may be `wanted`, and whether it may be anything else."""
    values = (value.values() or ()) if isinstance(value, Distribution) else (value,)
    texts = [str(one).lower() for one in values]
    return wanted in texts, any(text != wanted for text in texts)


def _beside(where: str, other: str, effective: Mapping[str, Any], space: SearchSpace) -> Any:
    """What another argument is, or may be, in the trials that have the one at `where`."""
    asked = space.conditions.get(_key(where), {}) if where.startswith(SPACE) else {}
    return Choice(asked[other]) if other in asked else effective.get(other, arguments()[other].default)


def _check_auto(given: Mapping[str, Any], effective: Mapping[str, Any], space: SearchSpace) -> Iterator[Problem]:
    reason = "optimizer=auto" if effective.get("optimizer") else "the default, optimizer=auto,"
    for where in given:
        if _key(where) in SET_BY_AUTO:
            may_be_auto, may_be_other = _can_be(_beside(where, "optimizer", effective, space), "auto")
            if may_be_auto:
                message = f"{reason} sets {_key(where)} itself" + (" in some trials" if may_be_other else "")
                instead = "give it `when: {optimizer: [...]}`" if may_be_other else f"remove {where}"
                yield Problem("yolo-auto", where, message, f"set {FIXED}.optimizer=AdamW, or {instead}")


def _check_automatic_batch(experiment: "Experiment", given: Mapping[str, Any]) -> Iterator[Problem]:
    """A batch below 1 is the library's to choose: by the memory that the whole device has free at that moment."""
    share = experiment.resources.gpu
    for where, value in given.items():
        if _key(where) != "batch" or share is None or not 0 < share < 1:
            continue
        values = (value.values() or ()) if isinstance(value, Distribution) else (value,)
        if any(isinstance(one, int | float) and one < 1 for one in values):
            message = (
                f"batch={min(values)} takes what a whole GPU has free, and resources.gpu={share:g} is a share of one"
            )
            yield Problem("yolo-batch", where, message, f"set {where}=16, or resources.gpu=1")


def _check_mosaic(experiment: "Experiment", effective: Mapping[str, Any]) -> Iterator[Problem]:
    """The library switches these off for the last epochs: for all of them where close_mosaic is large."""
    epochs = experiment.budget.max_epochs
    closing = effective.get("close_mosaic", arguments()["close_mosaic"].default)
    largest = (closing.bounds() or (0, 0))[1] if isinstance(closing, Distribution) else closing
    searched = [key for key in CLOSED_WITH_MOSAIC if key in experiment.search_space.searched()]
    if epochs is None or not isinstance(largest, int | float) or largest < epochs or not searched:
        return
    message = (
        f"close_mosaic={largest} switches {', '.join(searched)} off in the last {largest} epochs, which is all {epochs}"
    )
    remedy = f"set {FIXED}.close_mosaic=0, or remove {', '.join(searched)} from the search space"
    yield Problem("yolo-mosaic", f"{SPACE}.{searched[0]}", message, remedy, fatal=False)


def _check_rect(given: Mapping[str, Any], effective: Mapping[str, Any], space: SearchSpace) -> Iterator[Problem]:
    """Rectangular batches hold whole images: the library takes out what puts several into one."""
    for where, value in given.items():
        if _key(where) in SEVERAL_IMAGES and value != 0:
            rect = _beside(where, "rect", effective, space)
            if True in (rect.values() or ()) if isinstance(rect, Distribution) else rect:
                message = "rect=true switches it off"
                yield Problem("yolo-dead", where, message, f"set {FIXED}.rect=false, or remove {where}")


def _check_colours(given: Mapping[str, Any], effective: Mapping[str, Any], space: SearchSpace) -> Iterator[Problem]:
    """A policy of augmentation takes the place of the colour jitter."""
    for where in given:
        if _key(where) not in COLOURS:
            continue
        policy = _beside(where, "auto_augment", effective, space)
        policies = (policy.values() or ()) if isinstance(policy, Distribution) else (policy,)
        chosen = [name for name in policies if name]
        if chosen:
            message = f"auto_augment={', '.join(map(str, chosen))} takes its place"
            message += " in some trials" if len(chosen) < len(policies) else ""
            yield Problem("yolo-dead", where, message, f"set {FIXED}.auto_augment=null, or remove {where}")


def _check_weights(given: Mapping[str, Any]) -> Iterator[Problem]:
    for where in given:
        if _key(where) in WEIGHTS_OF_YOLO:
            message = f"has no effect: RT-DETR weighs its losses itself, without {_key(where)}"
            yield Problem("yolo-dead", where, message, f"remove {where}")


def _check_validation(given: Mapping[str, Any]) -> Iterator[Problem]:
    reasons = {"val": "without validation every metric is 0", "save": "without saving there are no best weights"}
    for where, value in given.items():
        reason = reasons.get(_key(where))
        if reason and _can_be(value, "false")[0]:
            yield Problem("yolo-value", where, reason, f"remove {where}")


def _check_workers(
    experiment: "Experiment", effective: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[Problem]:
    for where in given:
        if _key(where) == "workers" and experiment.resources.gpu == 0 and effective["workers"] != 0:
            message = "on the CPU Ultralytics loads data with 0 workers"
            yield Problem("yolo-dead", where, message, f"remove {where}", fatal=False)
        if _key(where) == "fraction" and isinstance(given[where], Distribution):
            message = "trials that run at once rewrite one label cache, each for its own share of the images"
            yield Problem("yolo-cache", where, message, "set budget.max_concurrent=1", fatal=False)


def check_machine(options: "Yolo", experiment: "Experiment", project: Path) -> Iterator[Problem]:
    """Machine tier: the files, and the network where something is to be fetched."""
    yield from _check_model_file(options, project)
    yield from data_checks.problems(options, project)
    yield from _check_flips(options, experiment, project)
    yield from _check_network(options, project)
    yield from disk.check(options, experiment, project)


def _check_model_file(options: "Yolo", project: Path) -> Iterator[Problem]:
    asked = {"trainable.model": options.model} | {
        f"{FIXED}.{key}": value
        for key in ("pretrained", "distill_model")
        if isinstance(value := options.train_args.get(key), str)
    }
    for where, name in asked.items():
        known = name in models.weights() if where == "trainable.model" else False
        if not (Path(models.resolve(name, project)).is_file() or known or models.architecture(Path(name).name)):
            remedy = "correct the path" if len(Path(name).parts) > 1 else did_you_mean(name, models.names())
            yield Problem("yolo-model", where, f"there is no {name} in {project}", remedy)


def _check_flips(options: "Yolo", experiment: "Experiment", project: Path) -> Iterator[Problem]:
    """The library switches flips off where nobody says which keypoints change places."""
    if options.known_task(project) != "pose" or dataset.tells_mirror(options.data, project):
        return
    for where, value in _given(options, experiment).items():
        if _key(where) in FLIPS and value:
            message = "has no effect in pose unless the data.yaml has flip_idx"
            remedy = f"add flip_idx: to {options.data} (the order of the keypoints in a mirror), or remove {where}"
            yield Problem("yolo-dead", where, message, remedy)


def _check_network(options: "Yolo", project: Path) -> Iterable[Problem]:
    missing = {}
    if models.must_be_fetched(options.model, project):
        remedy = f"put the file at {models.weights_folder(project) / options.model}"
        missing["trainable.model"] = (options.model, PACKAGE_HOST, remedy)
    path = dataset.to_be_fetched(options.data, project, trust=options.trust_data)
    if path:
        content = dataset.read(path)
        url = PACKAGE_HOST if dataset.shipped(path) else downloads.url(content) or PACKAGE_HOST
        remedy = f"put the images below {dataset.root(content, path, project)}"
        missing["trainable.data"] = (options.data, url, remedy)
    for where, (name, url, remedy) in missing.items():
        if not reachable(url):
            message = f"{name} is not on this machine, and there is no network to fetch it"
            yield Problem("yolo-network", where, message, f"{remedy}, or run once with a network")
