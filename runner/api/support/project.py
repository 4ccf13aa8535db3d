"""The folder in which relative paths begin."""

from pathlib import Path


def project_folder(project: str | Path | None) -> Path:
    """As an absolute path; None: the current folder."""
    return Path.cwd() if project is None else Path(project).absolute()
