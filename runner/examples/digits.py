"""A PyTorch network on scikit-learn's digits: a function that reports once an epoch."""

from typing import Any


def train(config: dict[str, Any]) -> None:
    """Train for config["epochs"] epochs with SGD; report the loss on the training part and accuracy on the rest."""
    import torch
    from ray import tune
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images / 16.0, labels, test_size=0.3, random_state=0, stratify=labels)
    x, x_val = (torch.tensor(part, dtype=torch.float32) for part in parts[:2])
    y, y_val = (torch.tensor(part) for part in parts[2:])
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"], momentum=config["momentum"])
    loss_of = torch.nn.CrossEntropyLoss()
    for _ in range(config["epochs"]):
        total = 0.0
        for batch in torch.randperm(len(x)).split(8):
            optimizer.zero_grad()
            loss = loss_of(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        with torch.no_grad():
            accuracy = (model(x_val).argmax(1) == y_val).float().mean().item()
        tune.report({"accuracy": accuracy, "loss": total / len(x)})
