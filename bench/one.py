"""One run of one recipe in a process of its own: ``python -m bench.one RECIPE SEED EPOCHS STARTED``.

STARTED is the clock's time when the process was started. Prints one line of JSON: seconds from start to
the end of the first training step, seconds and test accuracy of each epoch, peak memory in MB.
"""

import json
import os
import resource
import sys
import time

os.environ["TQDM_DISABLE"] = "1"


class Watch:
    """Notes what a recipe reports."""

    def __init__(self, started: float):
        self.started, self.first_step = started, None
        self.seconds: list[float] = []
        self.accuracies: list[float] = []

    def step(self) -> None:
        if self.first_step is None:
            self.first_step = time.time() - self.started

    def begin(self) -> None:
        self.began = time.perf_counter()

    def end(self, predict) -> None:
        self.seconds.append(time.perf_counter() - self.began)
        from utils.data import load_mnist, normalize

        images, labels = load_mnist("test")
        logits = predict(normalize(images))
        self.accuracies.append((logits.argmax(dim=1) == labels).double().mean().item())


def main(name: str, seed: str, epochs: str, started: str) -> None:
    from bench.recipes import RECIPES

    watch = Watch(float(started))
    RECIPES[name][0](int(seed), int(epochs), watch)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000  # Linux counts in kilobytes
    result = {
        "first_step": watch.first_step,
        "seconds": watch.seconds,
        "accuracies": watch.accuracies,
        "memory": memory,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
