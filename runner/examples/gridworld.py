"""Reinforcement learning in a small world: a learner whose reward depends on chance as much as on its parameters."""

import random
from typing import Any

SIZE = 4
HOLES = {(1, 1), (1, 3), (2, 3), (3, 0)}
GOAL = (3, 3)
MOVES = ((0, 1), (1, 0), (0, -1), (-1, 0))
SLIP = 0.2
"""Chance that a step goes in a random direction."""

MOST_STEPS = 60
EPISODES = 60
"""Between two reports."""


def train(config: dict[str, Any]) -> None:
    """Q-learning (Watkins and Dayan 1992) on an icy lake: reports the share of the episodes that reached the goal.

    Searched are alpha (learning rate), gamma (discount) and epsilon (chance of a random move). It draws from Python's
    own generator, which has another seed in each repeat of a configuration.
    """
    from ray import tune

    values: dict[tuple[int, int], list[float]] = {}
    for _ in range(config["epochs"]):
        reached = sum(_episode(values, **config["learner"]) for _ in range(EPISODES))
        tune.report({"reward": reached / EPISODES})


def _episode(values: dict[tuple[int, int], list[float]], alpha: float, gamma: float, epsilon: float) -> float:
    """1.0 where the goal was reached."""
    state = (0, 0)
    for _ in range(MOST_STEPS):
        here = values.setdefault(state, [0.0] * len(MOVES))
        greedy = max(range(len(MOVES)), key=lambda move: (here[move], random.random()))
        action = random.randrange(len(MOVES)) if random.random() < epsilon else greedy
        state = _step(state, random.randrange(len(MOVES)) if random.random() < SLIP else action)
        reward = float(state == GOAL)
        ended = state == GOAL or state in HOLES
        ahead = 0.0 if ended else max(values.get(state, [0.0]))
        here[action] += alpha * (reward + gamma * ahead - here[action])
        if ended:
            return reward
    return 0.0


def _step(state: tuple[int, int], move: int) -> tuple[int, int]:
    """A wall holds one back."""
    row, column = state[0] + MOVES[move][0], state[1] + MOVES[move][1]
    return min(max(row, 0), SIZE - 1), min(max(column, 0), SIZE - 1)
