"""A Keras network on scikit-learn's digits, as in Ray Tune's example with HyperOpt; Keras runs on PyTorch here."""

import os
from typing import Any


def train(config: dict[str, Any]) -> None:
    """Train for config["epochs"] epochs; report loss and accuracy on a part that was held back, once an epoch."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    from ray import tune
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    keras.utils.set_random_seed(0)
    images, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(images / 16.0, labels, test_size=0.3, random_state=0, stratify=labels)
    model = keras.Sequential(
        [keras.layers.Dense(config["units"], activation=config["activation"]), keras.layers.Dense(10)]
    )
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(config["lr"]),
        metrics=["accuracy"],
    )
    for _ in range(config["epochs"]):
        model.fit(x, y, batch_size=64, verbose=0)
        loss, accuracy = model.evaluate(x_val, y_val, batch_size=len(x_val), verbose=0)
        tune.report({"accuracy": float(accuracy), "loss": float(loss)})
