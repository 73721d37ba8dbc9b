"""Train, test and use a model without a notebook: ``python -m utils train | evaluate | predict``."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from torch import nn
from tqdm import tqdm

from utils.checkpoints import CheckpointError, load_model, save_checkpoint
from utils.data import DataError, mnist_loaders, normalize
from utils.distributed import DistributedError, process_group, rank
from utils.images import ImageError, read_digit
from utils.models import CNN, MLP, AlexNet, LeNet
from utils.runs import train_run, unfinished
from utils.runtime import get_device
from utils.training import evaluate, predict


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
    out = arguments.out
    if out.is_dir():
        raise IsADirectoryError(f"{out} is a folder. Give a file in it: {out}/model.pt")
    out.parent.mkdir(parents=True, exist_ok=True)
    longest = f".{unfinished(out).name}."  # of the names to come; better to fail now than after training
    tempfile.NamedTemporaryFile(dir=out.parent, prefix=longest, suffix=".part").close()
    settings = {name: getattr(arguments, name) for name in ("model", "epochs", "batch_size", "seed", "limit")}
    settings["lr"] = arguments.lr or PEAK_LR[arguments.model]
    with process_group() as device:
        report = tqdm.write if rank() == 0 else str  # one process speaks for all
        model, results = train_run(
            MODELS[arguments.model],
            *(loader.dataset for loader in mnist_loaders(1_000, limit=arguments.limit, device=device)[:2]),
            out=out,
            settings=settings,
            device=device,
            resume=arguments.resume,
            report=report,
        )
        if rank() == 0:
            save_checkpoint(out, model, val_accuracy=results[-1][3], epochs=len(results), seed=arguments.seed)
            unfinished(out).unlink(missing_ok=True)
            report(f"saved {out}")
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


def seed(text: str) -> int:
    """An argparse type: a number that all generators take as a seed."""
    if not 0 <= int(text) < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {2**32 - 1}")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser("python -m utils", description=__doc__.split(":")[0])
    commands = top.add_subparsers(required=True, metavar="train | evaluate | predict")

    command = commands.add_parser("train", help="train a model on MNIST and save it")
    command.add_argument("--model", choices=MODELS, default="lenet", help="default: lenet")
    command.add_argument("--epochs", type=positive(int), default=5, help="default: 5")
    command.add_argument(
        "--batch-size", type=positive(int), default=256, help="of all processes together; default: 256"
    )
    command.add_argument("--lr", type=positive(float), help="peak learning rate; default: the chapter's")
    command.add_argument("--seed", type=seed, default=0, help="default: 0")
    command.add_argument("--limit", type=positive(int), help="use only so many training images")
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        help="file to save to, such as models/lenet.pt, in a folder that all machines share if there are "
        "several; an older one is replaced when training is done",
    )
    command.add_argument(
        "--resume", action="store_true", help="go on with a run that did not finish, after its last epoch"
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
    """Run one command; 0 if all went well, else not, and one line says what is wrong and what to do."""
    arguments = parser().parse_args(words)
    try:
        status = arguments.run(arguments)
        sys.stdout.flush()  # a full disk shows here, or else when it is too late
        return status
    except KeyboardInterrupt:
        message = "stopped."
        if arguments.run is train and unfinished(arguments.out).exists():
            message += " The epochs that ran to their end are kept: give the same command with --resume."
        status = 130
    except (CheckpointError, DataError, DistributedError, OSError) as error:
        message, status = f"error: {error}", 1
    if os.environ.get("LOCAL_RANK", "0") == "0":
        print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
