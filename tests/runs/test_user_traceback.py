from pathlib import Path

import runner
from runner.runs.user_traceback import user_traceback

RAY = f"""\
Traceback (most recent call last):
  File "/env/lib/python3.12/site-packages/ray/air/execution/_internal/event_manager.py", line 110, in resolve_future
    result = ray.get(future)
ray.exceptions.RayTaskError(ValueError): ray::trial.train() (pid=5, ip=10.0.0.1, actor_id=1)
  File "/env/lib/python3.12/site-packages/ray/tune/trainable/trainable.py", line 331, in train
    raise skipped from exception_cause(skipped)
  File "{Path(runner.__file__).parent}/trainables/function.py", line 115, in train
    returned = function(config)
               ^^^^^^^^^^^^^^^^
"""


def test_the_frames_of_a_user_and_of_their_libraries_are_shown_without_those_of_ray_and_ours() -> None:
    own = (
        '  File "/home/me/mine.py", line 3, in train\n    fit(config)\n'
        '  File "/env/lib/python3.12/site-packages/torch/nn.py", line 9, in fit\n    raise ValueError(1)\n'
    )
    left = f"           {'^' * 20}\n"
    own = own.replace("    fit(config)\n", f"    fit(config)\n    {'^' * 11}\n")
    told = user_traceback(f"{RAY}{own.replace('^' * 11, '^' * 11 + chr(10) + left.rstrip())}ValueError: 1\nand more\n")
    assert told == [*own.splitlines(), "ValueError: 1"]
    assert user_traceback(f"{RAY}runner.errors.RunnerError: lacks acc\n") == []
    assert user_traceback("") == []
