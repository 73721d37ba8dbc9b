"""Mistakes that an author could make, for ``tools.mutants``: each must be noticed by ``make test``.

They are of kinds that leave a program running: a swapped sign, a dropped normalization, off by one, the
wrong axis, a layer that does not learn, a leak, the wrong mode, a mean of means, data in a fixed order, a
gradient that is wrong by a factor, a check that is not made.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """A mistake: ``old`` occurs once in ``file`` and becomes ``new``, or the whole file does if it is empty.

    ``judges`` are tests and notebooks, asked in this order, each a run of its own. ``equivalent`` says why
    no test can see the mistake, ``accepted`` why none has to.
    """

    name: str
    file: str
    old: str
    new: str
    judges: tuple[str, ...] = ()
    equivalent: str = ""
    accepted: str = ""


# A class that utils and a chapter both hold is compared to the letter by tests/test_book.py.
LESSON = ("tests/test_book.py",)
# Tests that start several processes come first in tests/test_distributed.py; these need none.
SHARES = ("tests/test_distributed.py::test_the_shares_make_up_every_batch",)
SEEDS = ("tests/test_distributed.py::test_no_two_epochs_seeds_or_processes_draw_alike",)
STEPS = ("tests/test_distributed.py::test_one_process_reports_under_one_progress_bar",)
REFUSED = ("tests/test_distributed.py::test_what_cannot_be_resumed_is_refused_in_one_line",)

DATA, TRAINING, MODELS = "utils/data.py", "utils/training.py", "utils/models.py"
CHECKPOINTS, RESULTS, TABLES = "utils/checkpoints.py", "utils/results.py", "utils/tables.py"
PLOTTING, RUNTIME, WIDGETS = "utils/plotting.py", "utils/runtime.py", "utils/widgets.py"
IMAGES, DISTRIBUTED, RUNS = "utils/images.py", "utils/distributed.py", "utils/runs.py"
COMMANDS, GRIDS = "utils/__main__.py", "utils/grids.py"

IN_UTILS = [
    # Data
    Mutant("normalize adds the mean", DATA, "/ 255 - mean) / std", "/ 255 + mean) / std"),
    Mutant("normalize divides by 256", DATA, "/ 255 - mean", "/ 256 - mean"),
    Mutant("normalize divides by the variance", DATA, "- mean) / std", "- mean) / std**2"),
    Mutant(
        "the loaders do not normalize",
        DATA,
        "TensorDataset(normalize(images)",
        "TensorDataset((images.unsqueeze(1) / 255)",
    ),
    Mutant("validation images stay in training", DATA, "order[val_size:][:limit]", "order[:limit]"),
    Mutant(
        "the test set joins the training set",
        DATA,
        "loader(images[train], labels[train], batch_size, shuffle=True)",
        'loader(*map(torch.cat, zip((images[train], labels[train]), load_mnist("test"), strict=True)),'
        " batch_size, shuffle=True)",
    ),
    Mutant(
        "the test loader has the validation images",
        DATA,
        'loader(*load_mnist("test"), 1_000)',
        "loader(images[val], labels[val], 1_000)",
    ),
    Mutant(
        "training data are never shuffled",
        DATA,
        "RandomSampler(dataset) if shuffle",
        "SequentialSampler(dataset) if shuffle",
    ),
    Mutant(
        "the split is not shuffled",
        DATA,
        "torch.randperm(len(images), generator=torch.Generator().manual_seed(SPLIT_SEED))",
        "torch.arange(len(images))",
    ),
    Mutant(
        "the split follows the global seed",
        DATA,
        ", generator=torch.Generator().manual_seed(SPLIT_SEED))",
        ")",
    ),
    Mutant("one training image too few", DATA, "[val_size:][:limit]", "[val_size:][: limit and limit - 1]"),
    Mutant(
        "a short last batch is dropped",
        DATA,
        "BatchSampler(sampler, size, False)",
        "BatchSampler(sampler, size, True)",
    ),
    Mutant(
        "training labels are not in the order of their images",
        DATA,
        "labels[train], batch_size",
        "labels[train.sort().values], batch_size",
    ),
    Mutant(
        "validation labels are not in the order of their images",
        DATA,
        "labels[val]",
        "labels[val.sort().values]",
    ),
    Mutant(
        "training and test archives are swapped",
        DATA,
        '{"train": "train", "test": "t10k"}',
        '{"train": "t10k", "test": "train"}',
    ),
    Mutant("Fashion-MNIST is MNIST", DATA, '_load("FashionMNIST"', '_load("MNIST"'),
    Mutant(
        "the check sum is not compared",
        DATA,
        'if f"{hashlib.sha256(packed).hexdigest()}  {name}" not in expected.splitlines():',
        "if name not in expected:",
    ),
    # Training
    Mutant(
        "evaluate takes the mean of batch means",
        TRAINING,
        "loss_fn(logits, labels) * len(labels)",
        "loss_fn(logits, labels) * len(loader.dataset) / len(loader)",
    ),
    Mutant(
        "the training loss is a mean of batch means",
        TRAINING,
        "loss.detach() * len(labels)",
        "loss.detach() * len(loader.dataset) / len(loader)",
    ),
    Mutant("evaluate in training mode", TRAINING, "    model.eval()\n", "    model.train()\n"),
    Mutant("training in the mode that was left", TRAINING, "    model.train()\n", ""),
    Mutant(
        "after evaluation everything is in training mode",
        TRAINING,
        "module.training = mode",
        "module.training = True",
    ),
    Mutant("gradients pile up", TRAINING, "        optimizer.zero_grad()\n", ""),
    Mutant(
        "gradients are cleared before the step",
        TRAINING,
        "        optimizer.step()\n",
        "        optimizer.zero_grad()\n        optimizer.step()\n",
    ),
    Mutant(
        "the gradient is twice what it should be",
        TRAINING,
        "(loss if share is None",
        "(2 * loss if share is None",
    ),
    Mutant("a share divides its loss", TRAINING, "loss * share(labels)", "loss / share(labels)"),
    Mutant(
        "the scheduler steps once an epoch",
        TRAINING,
        "if scheduler is not None:",
        "if scheduler is not None and step == len(loader):",
    ),
    Mutant("augmentation is forgotten", TRAINING, "images if augment is None else augment(images)", "images"),
    Mutant(
        "validation images are augmented",
        TRAINING,
        "val = evaluate(model, val_loader, loss_fn=loss_fn)",
        "seen = [(augment(x) if augment else x, y) for x, y in val_loader]\n"
        "            val = evaluate(model, seen, loss_fn=loss_fn)",
    ),
    Mutant(
        "validation on the training images",
        TRAINING,
        "evaluate(model, val_loader,",
        "evaluate(model, train_loader,",
    ),
    Mutant(
        "validation forgets the loss that is asked for",
        TRAINING,
        "evaluate(model, val_loader, loss_fn=loss_fn)",
        "evaluate(model, val_loader)",
    ),
    Mutant("training forgets the loss that is asked for", TRAINING, "                loss_fn=loss_fn,\n", ""),
    Mutant(
        "the first layer is frozen",
        TRAINING,
        "    history = History()\n",
        "    history = History()\n    next(model.parameters()).requires_grad_(False)\n",
    ),
    Mutant(
        "the rate of an epoch is read after it",
        TRAINING,
        "history.lr.append(lr)",
        'history.lr.append(optimizer.param_groups[0]["lr"])',
    ),
    # Models
    Mutant(
        "the perceptron ignores mistakes on the line", MODELS, "(self.w @ x_i) <= 0", "(self.w @ x_i) < 0"
    ),
    Mutant(
        "an activation after the last layer",
        MODELS,
        "return self.layers[-1](x)",
        "return self.activation(self.layers[-1](x))",
    ),
    Mutant(
        "LeNet without padding in its first layer",
        MODELS,
        "nn.Conv2d(1, 6, kernel_size=5, padding=2)",
        "nn.Conv2d(1, 6, kernel_size=5)",
    ),
    Mutant("normalization over twice as many maps", MODELS, "<= self.n // 2)", "<= self.n)"),
    Mutant(
        "AlexNet without dropout before its head",
        MODELS,
        "x = self.dropout(self.relu(self.fc7(x)))",
        "x = self.relu(self.fc7(x))",
    ),
    Mutant("frozen parameters are counted", MODELS, " if p.requires_grad)", ")"),
    Mutant("summarize leaves its hooks", MODELS, "            hook.remove()", "            pass"),
    Mutant(
        "summarize runs in training mode",
        MODELS,
        "            model(torch.zeros(1,",
        "            model.train()(torch.zeros(1,",
    ),
    # Checkpoints
    Mutant(
        "a checkpoint is written in its place",
        CHECKPOINTS,
        'tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")',
        "os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), path",
    ),
    Mutant("check sums of a checkpoint are not compared", CHECKPOINTS, "archive.testzip()", "None"),
    Mutant(
        "a checkpoint may bring code along",
        CHECKPOINTS,
        '"cpu", weights_only=True',
        '"cpu", weights_only=False',
    ),
    Mutant(
        "shapes of a checkpoint are not compared",
        CHECKPOINTS,
        "if kind != type(model).__name__ or forms != expected:",
        "if kind != type(model).__name__:",
    ),
    Mutant(
        "the class of a checkpoint is not compared",
        CHECKPOINTS,
        "if kind != type(model).__name__ or forms != expected:",
        "if forms != expected:",
    ),
    Mutant("a failed save leaves its part", CHECKPOINTS, "        Path(part).unlink(missing_ok=True)\n", ""),
    Mutant(
        "a model is built and not loaded",
        CHECKPOINTS,
        "    _fill(model, Path(path), kind, state)\n    return model, details",
        "    return model, details",
    ),
    # Results and tables
    Mutant("the upper bound does not hold", RESULTS, "(high is None or mean <= high)", "True"),
    Mutant("the lower bound does not hold", RESULTS, "(low is None or mean >= low)", "True"),
    Mutant(
        "the best seed is held to the bound", RESULTS, "mean, error = statistics.fmean(", "mean, error = max("
    ),
    Mutant(
        "the median is held to the bound",
        RESULTS,
        "mean, error = statistics.fmean(",
        "mean, error = statistics.median(",
    ),
    Mutant("one seed is enough", RESULTS, "len(scaled) < 2", "len(scaled) < 1"),
    Mutant("infinite values are taken", RESULTS, "all(map(math.isfinite, scaled))", "True"),
    Mutant(
        "the deviation is divided by n",
        RESULTS,
        "factor * statistics.stdev(values)",
        "factor * statistics.pstdev(values)",
    ),
    Mutant(
        "bounds are not turned into percent", RESULTS, "None if bound is None else factor * bound", "bound"
    ),
    Mutant("an effect has the wrong sign", RESULTS, "[a - b for a, b in zip(", "[b - a for a, b in zip("),
    Mutant("a null is shown as an effect", RESULTS, "if low <= 0 <= high:", "if low == 0 == high:"),
    Mutant(
        "the interval is that of a single run",
        RESULTS,
        "* statistics.stdev(values) / math.sqrt(n)",
        "* statistics.stdev(values)",
    ),
    Mutant("the interval has one degree of freedom too many", RESULTS, "t_975(n - 1)", "t_975(n)"),
    Mutant(
        "stored results lose what they are", RESULTS, 'value["result"] = Result(**metadata["result"])', "pass"
    ),
    # Grids
    Mutant(
        "values come in the order of the file", GRIDS, 'lambda cell: cell["settings"]["seed"]', "lambda _: 0"
    ),
    Mutant("a setting may be left open", GRIDS, "< len(cells):", "< 0:"),
    Mutant("a chapter always agrees", GRIDS, "abs(ours - theirs) <= margin", "margin > 0"),
    Mutant("chance explains nothing", GRIDS, "return max(floor, ", "return min(floor, "),
    Mutant("a damaged cell is read", GRIDS, "cell.keys() >= KEYS", "True"),
    Mutant("columns are aligned to the wrong side", TABLES, 'align or "l" + "r" *', 'align or "r" + "l" *'),
    Mutant("a bar in a cell is not escaped", TABLES, 'c.replace("|", "\\\\|")', "c"),
    # Figures
    Mutant("label and prediction are swapped", PLOTTING, "ax.text(column, row,", "ax.text(row, column,"),
    Mutant(
        "right answers are colored as mistakes",
        PLOTTING,
        "np.where(np.eye(classes, dtype=bool), 0, counts)",
        "counts",
    ),
    Mutant("accuracy is shown as the error rate", PLOTTING, "100 * (1 - m.accuracy)", "100 * m.accuracy"),
    Mutant(
        "curves have each other's names",
        PLOTTING,
        '((history.train, "training", "o-"), (history.val, "validation", "s--"))',
        '((history.train, "validation", "o-"), (history.val, "training", "s--"))',
    ),
    Mutant(
        "epochs are counted from 0", PLOTTING, "range(1, len(history.train) + 1)", "range(len(history.train))"
    ),
    Mutant("titles belong to the image before", PLOTTING, "titles[i]", "titles[i - 1]"),
    Mutant("one frame too many", WIDGETS, "0 < count <= MAX_FRAMES", "0 < count <= MAX_FRAMES + 1"),
    Mutant("all frames are shown at once", WIDGETS, '"" if values == self.opening else " hidden"', '""'),
    Mutant("figures open at their first frame", WIDGETS, "opening.get(name, values[0])", "values[0]"),
    Mutant("an opening may be anything", WIDGETS, "if value not in self.controls[name]:", "if False:"),
    Mutant("words are on a slider", WIDGETS, "all(isinstance(value, str) for value in values)", "False"),
    Mutant("the kernel draws once only", WIDGETS, 'control.observe(redraw, names="value")', "pass"),
    # Seeds
    Mutant("torch has always the same seed", RUNTIME, "torch.manual_seed(seed)", "torch.manual_seed(0)"),
    Mutant("NumPy is not seeded", RUNTIME, "    np.random.seed(seed)", "    np.random.random()"),
    # Photographs
    Mutant("the center of mass is off by one", IMAGES, "round(14 -", "round(13 -"),
    Mutant("the digit fills 21 pixels", IMAGES, "scale = 20 /", "scale = 21 /"),
    Mutant(
        "dark digits on light paper are lost",
        IMAGES,
        "np.abs(gray - np.median(rim))",
        "np.clip(gray - np.median(rim), 0, None)",
    ),
    Mutant(
        "the camera's orientation is ignored",
        IMAGES,
        "                image = ImageOps.exif_transpose(image)\n",
        "",
    ),
    Mutant(
        "transparent paper is always white",
        IMAGES,
        'for paper in ("white", "black")',
        'for paper in ("white",)',
    ),
    # Several processes, and runs that go on
    Mutant(
        "every epoch has the same order",
        DISTRIBUTED,
        "epoch_seed(self.seed, self.epoch)",
        "epoch_seed(self.seed, 0)",
        judges=SHARES,
    ),
    Mutant(
        "a share forgets how many there are",
        DISTRIBUTED,
        "len(labels) * world_size() / examples",
        "len(labels) / examples",
    ),
    Mutant(
        "processes of unequal share count alike", DISTRIBUTED, "device=device) * examples", "device=device)"
    ),
    Mutant(
        "a process skips its first example",
        DISTRIBUTED,
        "batch[rank() :: world_size()]",
        "batch[rank() + 1 :: world_size()]",
        judges=SHARES,
    ),
    Mutant(
        "seeds of epochs and processes overlap", DISTRIBUTED, "* 2**10 + process", "+ process", judges=SEEDS
    ),
    Mutant(
        "a resumed run forgets its optimizer",
        RUNS,
        'optimizer.load_state_dict({**optimizer.state_dict(), "state": earlier["optimizer"]})',
        "pass",
    ),
    Mutant(
        "a resumed run drops other units", RUNS, "torch.manual_seed(epoch_seed(seed, epoch, rank()))", "pass"
    ),
    Mutant(
        "half of the validation images are left out",
        RUNS,
        "tensor[rank() :: world_size()]",
        "tensor[rank() :: 2]",
    ),
    Mutant(
        "the schedule is an epoch too long",
        RUNS,
        "steps = epochs * len(shards)",
        "steps = (epochs + 1) * len(shards)",
    ),
    Mutant("other settings may be resumed", RUNS, "if before != settings:", "if False:", judges=REFUSED),
    Mutant(
        "an unfinished run is resumed unasked",
        RUNS,
        "if not (resume or (same_job and job() is not None)):",
        "if False:",
        judges=REFUSED,
    ),
    Mutant(
        "validation and test are swapped",
        COMMANDS,
        '{"test": test_loader, "val": val_loader}',
        '{"test": val_loader, "val": test_loader}',
    ),
    Mutant("photographs are not normalized", COMMANDS, "normalize(image[None])", "image[None, None] / 255"),
    Mutant(
        "accuracy is printed as the error rate",
        COMMANDS,
        "error rate {1 - accuracy:.2%}",
        "error rate {accuracy:.2%}",
    ),
    Mutant("the limit is ignored", COMMANDS, "limit=arguments.limit, device", "device", judges=STEPS),
    Mutant(
        "AlexNet starts from PyTorch's weights",
        COMMANDS,
        'nn.init.kaiming_normal_(parameter, nonlinearity="relu")',
        "pass",
    ),
]

CONCEPTS, PYTORCH, PERCEPTRON = "book/concepts.ipynb", "book/pytorch.ipynb", "book/perceptron.ipynb"
BACKPROP, WELL = "book/backpropagation.ipynb", "book/training.ipynb"
LENET, ALEXNET, FINE = "book/lenet.ipynb", "book/alexnet.ipynb", "book/fine-tuning.ipynb"
RECURRENT, OPEN, AUDIT = "book/recurrent.ipynb", "book/open-questions.ipynb", "book/audit.ipynb"
SCOREBOARD, SPEED = "book/scoreboard.ipynb", "book/speed.ipynb"

IN_CHAPTERS = [
    # Learning from examples
    Mutant(
        "the mean image over the wrong axis",
        CONCEPTS,
        "group.double().mean(dim=0) for group",
        "group.double().mean(dim=1) for group",
    ),
    Mutant(
        "validation images stay in training, by hand",
        CONCEPTS,
        "val, train = order[:5_000], order[5_000:]",
        "val, train = order[:5_000], order",
    ),
    Mutant(
        "the farthest average is the answer",
        CONCEPTS,
        "nearest = squared_distances(val_x).argmin(dim=1)",
        "nearest = squared_distances(val_x).argmax(dim=1)",
    ),
    Mutant(
        "softmax over the batch",
        CONCEPTS,
        "    e = (z - z.max(dim=-1, keepdim=True).values).exp()\n    return e / e.sum(dim=-1, keepdim=True)",
        "    e = (z - z.max(dim=-1, keepdim=True).values).exp()\n    return e / e.sum(dim=0, keepdim=True)",
    ),
    Mutant(
        "the cross-entropy is a sum",
        CONCEPTS,
        "return (log_sum - z[torch.arange(len(z)), labels]).mean()",
        "return (log_sum - z[torch.arange(len(z)), labels]).sum()",
    ),
    Mutant(
        "the gradient of a sum",
        CONCEPTS,
        "return error.T @ x / len(x), error.mean(dim=0)",
        "return error.T @ x, error.sum(dim=0)",
    ),
    Mutant(
        "the gradient forgets the label",
        CONCEPTS,
        "    error[torch.arange(len(x)), labels] -= 1  # ŷ − y\n",
        "",
    ),
    Mutant(
        "the slope is divided by one nudge",
        CONCEPTS,
        "felt = (both[0] - both[1]) / (2 * nudge)",
        "felt = (both[0] - both[1]) / nudge",
    ),
    Mutant(
        "one epoch goes uphill",
        CONCEPTS,
        "        W -= lr * dW  # go down",
        "        W += lr * dW  # go down",
    ),
    Mutant(
        "a model is validated on its training images",
        CONCEPTS,
        "honest = [evaluate(*m, val_x, val_labels)[1] for m in small_models]",
        "honest = leaky",
    ),
    Mutant(
        "the test is made on validation images",
        CONCEPTS,
        "tested = [evaluate(*model, test_x, test.labels)[1] for model in models]",
        "tested = [evaluate(*model, val_x, val_labels)[1] for model in models]",
    ),
    Mutant(
        "the smallest principal components", CONCEPTS, "V = directions[:, -50:]", "V = directions[:, :50]"
    ),
    # PyTorch in one sitting
    Mutant(
        "the answer is taken over the images",
        PYTORCH,
        "best = scores.argmax(dim=1)",
        "best = scores.argmax(dim=0)",
    ),
    Mutant(
        "the mean over the wrong axes",
        PYTORCH,
        "means = batch.mean(dim=(1, 2), keepdim=True)",
        "means = batch.mean(dim=(0, 1), keepdim=True)",
    ),
    Mutant(
        "the gradient by hand has the wrong sign",
        PYTORCH,
        "by_hand = (y_hat - y).T @ x / len(x)",
        "by_hand = (y - y_hat).T @ x / len(x)",
    ),
    Mutant(
        "the gradient by hand is a sum",
        PYTORCH,
        "by_hand = (y_hat - y).T @ x / len(x)",
        "by_hand = (y_hat - y).T @ x",
    ),
    Mutant(
        "softmax over the batch",
        PYTORCH,
        "y_hat = (x @ W.T + b).softmax(dim=1)",
        "y_hat = (x @ W.T + b).softmax(dim=0)",
    ),
    Mutant("the images are standardized by the variance", PYTORCH, "std=(0.3081,)", "std=(0.3081**2,)"),
    Mutant(
        "the loop forgets zero_grad everywhere",
        PYTORCH,
        'if leave_out != "zero_grad":',
        'if leave_out == "nothing":',
    ),
    Mutant("a step is never made", PYTORCH, 'if leave_out != "step":', 'if leave_out == "nothing":'),
    Mutant(
        "the evaluation divides by batches",
        PYTORCH,
        "        examples += len(labels)\n    model.train()",
        "        examples += 1\n    model.train()",
    ),
    Mutant(
        "the network is scored on training images",
        PYTORCH,
        "tested = [evaluate(model, test_loader)",
        "tested = [evaluate(model, train_loader)",
    ),
    Mutant(
        "training is measured again on validation images",
        PYTORCH,
        "again = [evaluate(model, train_loader)",
        "again = [evaluate(model, val_loader)",
    ),
    Mutant(
        "the resumed run forgets its optimizer",
        PYTORCH,
        'optimizer.load_state_dict(saved["optimizer"])\n',
        "",
    ),
    Mutant(
        "the digit stays dark on light",
        PYTORCH,
        "shrink(255 - sheet), read_digit(FIVE)",
        "shrink(255 - sheet), 255 - read_digit(FIVE)",
    ),
    Mutant(
        "program E flattens each image",
        PYTORCH,
        "return self.layers(x.reshape(784, -1).T)",
        "return self.layers(x.reshape(-1, 784))",
    ),
    # The perceptron
    Mutant(
        "the bias is left out of the sum",
        PERCEPTRON,
        "torch.where(x @ w + b > 0, 1, -1)",
        "torch.where(x @ w > 0, 1, -1)",
    ),
    Mutant(
        "the perceptron ignores mistakes on the line",
        PERCEPTRON,
        "if y_i * (self.w @ x_i) <= 0:",
        "if y_i * (self.w @ x_i) < 0:",
    ),
    Mutant(
        "the margin is the farthest example's",
        PERCEPTRON,
        "(y * (extended @ u)).min()",
        "(y * (extended @ u)).max()",
    ),
    Mutant(
        "XOR with the wrong sign",
        PERCEPTRON,
        "out = step(either - both - 0.5)",
        "out = step(either + both - 0.5)",
    ),
    Mutant("the ten neurons punish nobody", PERCEPTRON, "            W[winner] -= x\n", ""),
    Mutant("collapsed layers forget a bias", PERCEPTRON, "layer.weight @ b + layer.bias", "layer.weight @ b"),
    Mutant(
        "a broken line with the slopes of the pieces, not their changes",
        PERCEPTRON,
        "copy_(s.diff(prepend=s.new_zeros(1)))",
        "copy_(s)",
    ),
    Mutant(
        "the average weights are the last",
        PERCEPTRON,
        "errors.append((error_of(w), error_of(total)))",
        "errors.append((error_of(w), error_of(w)))",
    ),
    Mutant(
        "softmax twice is softmax once",
        PERCEPTRON,
        "return F.cross_entropy(z.softmax(dim=1), labels)",
        "return F.cross_entropy(z, labels)",
    ),
    Mutant(
        "the gradient through the first softmax without its weights",
        PERCEPTRON,
        "p * (g - (p * g).sum())",
        "p * (g - g.sum())",
    ),
    Mutant(
        "nonsense keeps its right labels",
        PERCEPTRON,
        "    labels.copy_(torch.randint(0, 10, (1_000,)))\n",
        "",
    ),
    Mutant("nudged images change places", PERCEPTRON, "dims=(2, 3)", "dims=(0, 3)"),
    # Back-propagation
    Mutant("the error has the wrong sign", BACKPROP, "delta2 = y_hat - y\n", "delta2 = y - y_hat\n"),
    Mutant("one use of a value overwrites the other", BACKPROP, "x_grad = p_grad * w", "x_grad = p_grad * x"),
    Mutant("the gradient is that of the sum", BACKPROP, "    delta /= n  # one\n", ""),
    Mutant(
        "the slope of the activation is forgotten",
        BACKPROP,
        "delta @ W * slope(h)  # two",
        "delta @ W  # two",
    ),
    Mutant(
        "the slope of the sigmoid is twice too large",
        BACKPROP,
        "lambda h: h * (1 - h)",
        "lambda h: 2 * h * (1 - h)",
    ),
    Mutant(
        "central differences are divided by one step",
        BACKPROP,
        "gradient[i] = (up - down) / (2 * s)",
        "gradient[i] = (up - down) / s",
    ),
    Mutant(
        "the engine forgets that a node is used twice",
        BACKPROP,
        "parent.grad = parent.grad + fold",
        "parent.grad = fold",
    ),
    Mutant(
        "broadcasting is not added up",
        BACKPROP,
        "return grad.sum(axis=stretched, keepdims=True)",
        "return grad.mean(axis=stretched, keepdims=True)",
    ),
    Mutant(
        "a node passes its gradient on before it is complete",
        BACKPROP,
        "    for node in reversed(order):\n        if node.parents:",
        "    for node in order:\n        if node.parents:",
    ),
    Mutant(
        "half the variance at the start",
        BACKPROP,
        "def he(inputs, outputs):\n    return math.sqrt(2 / inputs)",
        "def he(inputs, outputs):\n    return math.sqrt(1 / inputs)",
    ),
    Mutant(
        "a bias gets the mean of its errors",
        BACKPROP,
        "delta.sum(axis=0)))  # four and three",
        "delta.mean(axis=0)))  # four and three",
    ),
    Mutant(
        "the last layer never learns",
        BACKPROP,
        "    return grads[::-1]",
        "    grads[0] = [0 * g for g in grads[0]]\n    return grads[::-1]",
    ),
    # Training well
    Mutant("the slope of tanh without its square", WELL, "1 - z.tanh() ** 2", "1 - z.tanh()"),
    Mutant(
        "leaky ReLU leaks the wrong way", WELL, "torch.maximum(0.01 * z, z)", "torch.maximum(-0.01 * z, z)"
    ),
    Mutant(
        "focal loss counts hard examples less", WELL, "(1 - log_p.exp()) ** gamma", "log_p.exp() ** gamma"
    ),
    Mutant(
        "momentum damps the gradient",
        WELL,
        's["v"] = mu * s.get("v", 0) + g\n    return w - lr * s["v"]',
        's["v"] = mu * s.get("v", 0) + (1 - mu) * g\n    return w - lr * s["v"]',
    ),
    Mutant("RMSprop without the square", WELL, "(1 - alpha) * g**2", "(1 - alpha) * g.abs()"),
    Mutant("Adam without the correction of its mean", WELL, '(s["m"] / (1 - b1**t))', 's["m"]'),
    Mutant(
        "AdamW decays by the strength alone",
        WELL,
        "(1 - lr * decay) * w, g, s, lr",
        "(1 - decay) * w, g, s, lr",
    ),
    Mutant(
        "the cosine runs twice as fast", WELL, "math.cos(math.pi * share)", "math.cos(2 * math.pi * share)"
    ),
    Mutant("one-cycle warms up too long", WELL, "top = 0.3 * steps - 1", "top = 0.5 * steps - 1"),
    Mutant(
        "patience is one epoch short", WELL, "if epoch - best == patience", "if epoch - best == patience - 1"
    ),
    Mutant(
        "the shrinkage of L1 has the wrong sign",
        WELL,
        "c.sign() * (c.abs() - strength)",
        "c.sign() * (c.abs() + strength)",
    ),
    Mutant("dropout does not scale", WELL, "chance * b / (1 - p) * h", "chance * b * h"),
    Mutant(
        "a deep network keeps its first weights too small",
        WELL,
        "std=own / math.sqrt(layer.in_features)",
        "std=0.1 * own / math.sqrt(layer.in_features)",
    ),
    Mutant(
        "the test is made on validation images",
        WELL,
        "return [evaluate(model, test_loader).accuracy for model in models]",
        "return [evaluate(model, val_loader).accuracy for model in models]",
    ),
    # LeNet
    Mutant("the kernel is turned around", LENET, "y += w[u, v] * x[u", "y += w[k - 1 - u, k - 1 - v] * x[u"),
    Mutant("the size of a map is one too small", LENET, "(n + 2 * p - k) // s + 1", "(n + 2 * p - k) // s"),
    Mutant(
        "pooling over the wrong axes", LENET, "reduce(windows, dim=(1, 3))", "reduce(windows, dim=(0, 2))"
    ),
    Mutant(
        "receptive fields grow by the whole kernel",
        LENET,
        "r, d = r + (k - 1) * d, d * s",
        "r, d = r + k * d, d * s",
    ),
    Mutant(
        "subsampling adds a quarter", LENET, "total = 4 * F.avg_pool2d(x, 2)", "total = F.avg_pool2d(x, 2)"
    ),
    Mutant(
        "the farthest code wins",
        LENET,
        "return -(x[:, None] - self.codes).square()",
        "return (x[:, None] - self.codes).square()",
    ),
    Mutant(
        "LeNet without an activation in fc1",
        LENET,
        "x = self.relu(self.fc1(x))",
        "x = self.fc1(x)",
        judges=(*LESSON, LENET),
    ),
    Mutant(
        "a pixel gets the gradient of its last window only",
        LENET,
        "x_grad[at] += torch.einsum",
        "x_grad[at] = torch.einsum",
    ),
    Mutant(
        "pooling pays every pixel of a tie",
        LENET,
        "F.one_hot(blocks(x).argmax(dim=-1), 4)",
        "(blocks(x) == blocks(x).amax(dim=-1, keepdim=True))",
    ),
    Mutant("the kernel is not turned", LENET, "w.flip(2, 3).transpose(0, 1)", "w.transpose(0, 1)"),
    Mutant("a learning rate that is ten times too large", LENET, "LR = 0.008", "LR = 0.08"),
    # Two mistakes in utils that leave every shape and formula as it was: the chapter itself must notice.
    Mutant(
        "no normalization, in the eyes of the LeNet chapter",
        DATA,
        "TensorDataset(normalize(images)",
        "TensorDataset((images.unsqueeze(1) / 255)",
        judges=(LENET,),
    ),
    Mutant(
        "a frozen layer, in the eyes of the LeNet chapter",
        TRAINING,
        "    history = History()\n",
        "    history = History()\n"
        "    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]\n"
        "    layers[len(layers) // 2].requires_grad_(False)\n",
        judges=(LENET,),
    ),
    # AlexNet
    Mutant(
        "normalization without the square",
        ALEXNET,
        "F.conv2d(a * a, weights, bias)",
        "F.conv2d(a, weights, bias)",
    ),
    Mutant(
        "the smallest image is one too small",
        ALEXNET,
        "n = (n - 1) * s + k - 2 * p",
        "n = (n - 1) * s + k - 2 * p - 1",
    ),
    Mutant(
        "weights after Xavier in place of Kaiming",
        ALEXNET,
        "n = layer.weight[0].numel()\n            nn.init.normal_(layer.weight, std=math.sqrt(2 / n))",
        "n = layer.weight[0].numel()\n            nn.init.normal_(layer.weight, std=math.sqrt(1 / n))",
    ),
    Mutant(
        "bytes are forgotten",
        ALEXNET,
        "operations / (4 * (x.numel() + layer.weight.numel() + y.numel()))",
        "operations / (x.numel() + layer.weight.numel() + y.numel())",
    ),
    Mutant(
        "multiply-adds of one map", ALEXNET, "name: y[0].numel() * getattr", "name: y[0, 0].numel() * getattr"
    ),
    Mutant(
        "validation on the training images",
        ALEXNET,
        "fit(model, *loaders[:2], epochs=epochs, **how)",
        "fit(model, loaders[0], loaders[0], epochs=epochs, **how)",
    ),
    # Fine-tuning
    Mutant(
        "LoRA starts off",
        FINE,
        "self.B = nn.Parameter(torch.zeros(m, r)",
        "self.B = nn.Parameter(torch.ones(m, r)",
    ),
    Mutant("LoRA is taken away", FINE, "weight + (self.B @ self.A)", "weight - (self.B @ self.A)"),
    Mutant(
        "the frozen body learns, too",
        FINE,
        "    model = with_head(pretrained, classes).requires_grad_(False)\n"
        "    model.fc3.requires_grad_(True)\n    features",
        "    model = with_head(pretrained, classes)\n    features",
    ),
    Mutant(
        "validation images are in the pool",
        FINE,
        "for i in (order[5_000:], order[:5_000])",
        "for i in (order, order[:5_000])",
    ),
    Mutant(
        "a new head is given to the network itself",
        FINE,
        "    model = copy.deepcopy(model)\n    model.fc3 = nn.Linear(84, classes)",
        "    model.fc3 = nn.Linear(84, classes)",
    ),
    Mutant("a warp leaves gray paper", FINE, "return (moved + paper).view", "return moved.view"),
    Mutant(
        "clothes are normalized as digits",
        FINE,
        "normalize(images[chosen], mean=mean, std=std)",
        "normalize(images[chosen])",
    ),
    Mutant(
        "old digits are asked for the new ones",
        FINE,
        "    return accuracy(model, *old.val)",
        "    return accuracy(model, *near.val)",
    ),
    # Recurrent networks
    Mutant(
        "the state is not fed back",
        RECURRENT,
        "torch.tanh(x_t @ W.T + h @ U.T + b)",
        "torch.tanh(x_t @ W.T + b)",
    ),
    Mutant(
        "the error goes back by the wrong matrix", RECURRENT, "(g[t] + U.T @ delta)", "(g[t] + U @ delta)"
    ),
    Mutant("input and forget gate are swapped", RECURRENT, "c = f * c + i * g", "c = i * c + f * g"),
    Mutant(
        "the forget bias opens the input gate",
        RECURRENT,
        "forget = slice(lstm.hidden_size, 2 * lstm.hidden_size)",
        "forget = slice(0, lstm.hidden_size)",
    ),
    Mutant("the update gate is turned around", RECURRENT, "(1 - z) * n + z * h", "z * n + (1 - z) * h"),
    Mutant("attention is not scaled", RECURRENT, "(Q @ K.mT / math.sqrt(d))", "(Q @ K.mT)"),
    Mutant(
        "the angles of positions fall too slowly", RECURRENT, "10_000 ** (2 * j / d)", "10_000 ** (j / d)"
    ),
    Mutant(
        "the answer is read off after the first row",
        RECURRENT,
        "self.head(states[:, -1])",
        "self.head(states[:, 0])",
    ),
    # Open questions
    Mutant(
        "shear and turn have the same sign",
        OPEN,
        "torch.stack((cos, t - sin, a",
        "torch.stack((cos, t + sin, a",
    ),
    Mutant(
        "shortcuts are not divided by the depth",
        OPEN,
        "h = h + f / len(self.hidden) if residual",
        "h = h + f if residual",
    ),
    Mutant(
        "the target of label smoothing does not add up",
        OPEN,
        "-((1 - epsilon) * log_p_y + epsilon",
        "-(log_p_y + epsilon",
    ),
    Mutant(
        "the ball around an image is forgotten",
        OPEN,
        "torch.clamp(x_new, x - eps, x + eps).clamp(0, 1)",
        "x_new.clamp(0, 1)",
    ),
    Mutant(
        "the attack goes downhill",
        OPEN,
        "x_k = project(x_k + step, x, eps)",
        "x_k = project(x_k - step, x, eps)",
    ),
    Mutant(
        "gaps of calibration cancel out",
        OPEN,
        "gaps.abs().sum() / len(confidence)",
        "gaps.sum().abs() / len(confidence)",
    ),
    Mutant(
        "the temperature multiplies",
        OPEN,
        "F.cross_entropy(z / T, labels) for T in grid",
        "F.cross_entropy(z * T, labels) for T in grid",
    ),
    Mutant(
        "ties do not count in the area",
        OPEN,
        "(count.cumsum(0) - (count.double() - 1) / 2)",
        "count.cumsum(0).double()",
    ),
    Mutant(
        "one scale for all channels",
        OPEN,
        "w.abs().flatten(start_dim=1).amax(dim=1) / top",
        "w.abs().amax().expand(len(w)) / top",
    ),
    Mutant(
        "the half that chose is reported",
        OPEN,
        "reported = [(val_images[2_500:], val_labels[2_500:])]",
        "reported = [(val_images[:2_500], val_labels[:2_500])]",
    ),
    Mutant(
        "shares of a batch count alike",
        OPEN,
        "g = sum(len(y_n) / B * gradient(x_n, y_n)",
        "g = sum(1 / N * gradient(x_n, y_n)",
    ),
    # The audit and the scoreboard
    Mutant(
        "Article 1 is repaired where it should fail", AUDIT, "    if pool_again:", "    if not pool_again:"
    ),
    Mutant(
        "the last line of a log is left out",
        AUDIT,
        "range(every, batches + 1, every)",
        "range(every, batches, every)",
    ),
    Mutant(
        "images held out are trained on",
        AUDIT,
        'kept = shuffled[: sizes["training"]]',
        "kept = shuffled",
    ),
    Mutant(
        "copies are on both sides of the split",
        AUDIT,
        "image < 0.8 * n if divide_first",
        "order < 1.6 * n if divide_first",
    ),
    Mutant(
        "bound and measurement are swapped",
        SCOREBOARD,
        "link(key, words), result.text, result.n, result.bound",
        "link(key, words), result.bound, result.n, result.text",
    ),
    Mutant("a recipe arrives when its best seed does", SPEED, "statistics.fmean(run", "max(run"),
]

MISTAKES = [*IN_UTILS, *IN_CHAPTERS]

# Mutants made by a rule that no test can tell from the original: the file, the line as it became, and why.
ALIKE: dict[tuple[str, str], str] = {}
