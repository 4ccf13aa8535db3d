"""From an `Experiment` to Ray Tune's objects: one folder a config group, one file an option."""
