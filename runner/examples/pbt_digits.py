"""A PyTorch network on handwritten digits that can go on from another trial's weights: population based training."""

import random
import tempfile
from pathlib import Path
from typing import Any


def train(config: dict[str, Any]) -> None:
    """Train for config["epochs"] epochs with SGD; report accuracy and loss once an epoch, each time with a checkpoint.

    A trial that goes on from a checkpoint takes the weights and the momentum of it, but lr and momentum from `config`:
    that is how another learning rate takes effect in the middle of a training.
    """
    import torch
    from ray import tune
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    torch.manual_seed(random.getrandbits(32))  # the runner has seeded what was imported before this call
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images / 16.0, labels, test_size=0.3, random_state=0, stratify=labels)
    x, x_val = (torch.tensor(part, dtype=torch.float32) for part in parts[:2])
    y, y_val = (torch.tensor(part) for part in parts[2:])
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"], momentum=config["momentum"])
    loss_of = torch.nn.CrossEntropyLoss()
    first = 0
    if checkpoint := tune.get_checkpoint():
        with checkpoint.as_directory() as folder:
            state = torch.load(Path(folder) / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        optimizer.param_groups[0].update(lr=config["lr"], momentum=config["momentum"])
        first = state["epoch"]
    for epoch in range(first, config["epochs"]):
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss = loss_of(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            scores = model(x_val)
            metrics = {
                "accuracy": (scores.argmax(1) == y_val).float().mean().item(),
                "loss": loss_of(scores, y_val).item(),
            }
        with tempfile.TemporaryDirectory() as folder:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}
            torch.save(state, Path(folder) / "state.pt")
            tune.report(metrics, checkpoint=tune.Checkpoint.from_directory(folder))
