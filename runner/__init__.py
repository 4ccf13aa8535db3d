"""Experiments for hyperparameter tuning: a YAML file in git, run by Ray Tune, kept as one folder."""

__version__ = "0.1.0"
