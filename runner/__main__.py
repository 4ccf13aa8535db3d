"""`python -m runner`: read the command line, open the door that it names, and turn errors into one message."""

import errno
import os
import sys
from collections.abc import Sequence

from runner import __version__
from runner.commands.arguments import Arguments, parse
from runner.commands.command import load
from runner.errors import FAILED, INTERRUPTED, OK, USAGE, Problem, RunnerError
from runner.translate.signals import hanging


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv`. Returns the exit code of runner.errors."""
    code = _run(argv)
    if hanging.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _run(argv: Sequence[str] | None) -> int:
    try:
        code = _dispatch(parse(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read (`| head`) has seen enough; the interpreter would complain of it once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except RunnerError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print(f"error: {error}: make room, then try again", file=sys.stderr)
            return FAILED
        if error.errno != errno.ENAMETOOLONG:
            raise
        problem = Problem("name", str(error.filename), "is longer than the name of a file may be", "correct the path")
        print(f"error: {problem}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt as interruption:
        print(f"interrupted: {interruption}".removesuffix(": "), file=sys.stderr)
        return INTERRUPTED
    return code


def _dispatch(arguments: Arguments) -> int:
    if arguments.version:
        print(f"runner {__version__}")
        return 0
    if arguments.help:
        from runner.commands.help import show_help

        return show_help(arguments)
    if arguments.command != "tune":
        _, run = load(arguments.command)
        return run(arguments)
    if arguments.cfg or arguments.info or arguments.completion is not None:
        from runner.commands.show import show

        return show(arguments)
    if arguments.multirun:
        from runner.commands.multirun import multirun

        return multirun(arguments)
    from runner.commands.tune import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
