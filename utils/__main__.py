"""Train, test and use a model without a notebook: ``python -m utils train | evaluate | predict``."""

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from torch import nn

from utils.checkpoints import CheckpointError, load_model, save_checkpoint
from utils.data import DataError, mnist_loaders, normalize
from utils.images import ImageError, read_digit
from utils.models import CNN, MLP, AlexNet, LeNet, count_parameters
from utils.runtime import get_device, seed_everything
from utils.training import evaluate, fit, predict


def alexnet() -> AlexNet:
    """A quarter of the width, at 67×67, from weights after He et al. (2015): as its chapter trains it."""
    model = AlexNet(size=67, width=0.25)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter, nonlinearity="relu")
        else:
            nn.init.zeros_(parameter)
    return model


MODELS = {"mlp": lambda: MLP((784, 128, 128, 10)), "lenet": LeNet, "cnn": CNN, "alexnet": alexnet}
PEAK_LR = {"mlp": 0.005, "lenet": 0.008, "cnn": 0.003, "alexnet": 0.002}  # as in the chapters
CLASSES = {"MLP": MODELS["mlp"], "LeNet": LeNet, "CNN": CNN, "AlexNet": alexnet}


def train(arguments: argparse.Namespace) -> int:
    """Train as the chapters do: AdamW, the learning rate rising to its peak and falling again."""
    if arguments.out.is_dir():
        raise IsADirectoryError(f"{arguments.out} is a folder. Give a file in it: {arguments.out}/model.pt")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=arguments.out.parent).close()  # better to fail now than after training
    seed_everything(arguments.seed)
    loaders = mnist_loaders(arguments.batch_size, limit=arguments.limit, device=get_device())
    model = MODELS[arguments.model]().to(get_device())
    lr = arguments.lr or PEAK_LR[arguments.model]
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.05, fused=True)
    steps = arguments.epochs * len(loaders[0])
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    print(f"{type(model).__name__}: {count_parameters(model):,} parameters; epochs: {arguments.epochs}")
    history = fit(model, *loaders[:2], optimizer=optimizer, epochs=arguments.epochs, scheduler=scheduler)
    for epoch, (seen, val) in enumerate(zip(history.train, history.val, strict=True), start=1):
        print(f"epoch {epoch}: loss {seen.loss:.4f}, validation accuracy {val.accuracy:.2%}")
    if not history.val:
        print("No epoch ran to its end: nothing is saved.", file=sys.stderr)
        return 1
    accuracy = history.val[-1].accuracy
    save_checkpoint(arguments.out, model, val_accuracy=accuracy, epochs=len(history.val), seed=arguments.seed)
    print(f"saved {arguments.out}")
    return 0


def test(arguments: argparse.Namespace) -> int:
    """Loss and accuracy of a saved model on the test set, or on validation images."""
    model, _ = load_model(arguments.checkpoint, CLASSES)
    _, val_loader, test_loader = mnist_loaders(1_000, device=get_device())
    loader = {"test": test_loader, "val": val_loader}[arguments.split]
    loss, accuracy = evaluate(model.to(get_device()), loader)
    print(f"{type(model).__name__}, {len(loader.dataset):,} {arguments.split} images: ", end="")
    print(f"loss {loss:.4f}, accuracy {accuracy:.2%}, error rate {1 - accuracy:.2%}")
    return 0


def read(arguments: argparse.Namespace) -> int:
    """One line for each image: the digit, and the probability that the model gives to it."""
    model, _ = load_model(arguments.checkpoint, CLASSES)
    failed = False
    for path in arguments.images:
        try:
            image = read_digit(path)
        except ImageError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
            continue
        probability, digit = predict(model, normalize(image[None])).softmax(dim=1)[0].max(dim=0)
        print(f"{path}: {digit} ({probability:.1%})", flush=True)
    return int(failed)


def positive(kind: type):
    """An argparse type: a number above zero."""

    def convert(text: str):
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above zero")
        return value

    convert.__name__ = kind.__name__
    return convert


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser("python -m utils", description=__doc__.split(":")[0])
    commands = top.add_subparsers(required=True, metavar="train | evaluate | predict")

    command = commands.add_parser("train", help="train a model on MNIST and save it")
    command.add_argument("--model", choices=MODELS, default="lenet", help="default: lenet")
    command.add_argument("--epochs", type=positive(int), default=5, help="default: 5")
    command.add_argument("--batch-size", type=positive(int), default=256, help="default: 256")
    command.add_argument("--lr", type=positive(float), help="peak learning rate; default: the chapter's")
    command.add_argument("--seed", type=int, default=0, help="default: 0")
    command.add_argument("--limit", type=positive(int), help="use only so many training images")
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        help="file to save to, such as models/lenet.pt; an older one is replaced when training is done",
    )
    command.set_defaults(run=train)

    command = commands.add_parser("evaluate", help="test a saved model")
    command.add_argument("checkpoint", type=Path)
    command.add_argument("--split", choices=("test", "val"), default="test", help="default: test")
    command.set_defaults(run=test)

    command = commands.add_parser("predict", help="read digits from image files")
    command.add_argument("checkpoint", type=Path)
    command.add_argument("images", nargs="+", type=Path, help="any size, dark on light or light on dark")
    command.set_defaults(run=read)
    return top


def main(words: list[str] | None = None) -> int:
    """Run one command; 0 if all went well, 1 for an error, which is one line that says what to do."""
    arguments = parser().parse_args(words)
    try:
        return arguments.run(arguments)
    except (CheckpointError, DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
