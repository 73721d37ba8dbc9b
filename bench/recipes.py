"""Ways to train a network on MNIST, the book's and those of its peers, each behind one function.

A recipe is a function ``(seed, epochs, watch)`` that trains as its framework's own examples do. It calls
``watch.step()`` after every training step, ``watch.begin()`` before a training
epoch and ``watch.end(predict)`` after it, where ``predict`` gives the logits (N, 10) of normalized
images (N, 1, 28, 28). What lies between an ``end`` and the next ``begin`` is not counted.
"""

import os
import warnings
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR, StepLR
from torch.utils.data import DataLoader, TensorDataset
from torchvision import transforms

from utils.archived import ArchivedMNIST
from utils.data import mnist_loaders
from utils.models import LeNet
from utils.runtime import seed_everything
from utils.training import predict, train_one_epoch

BATCH, LR, DECAY = 128, 0.006, 0.05  # of LeNet, in the book's recipe and in the four frameworks
MEAN, STD = 0.1307, 0.3081


def lenet(seed: int, epochs: int, watch) -> None:
    """The book's loop: tensors in memory, AdamW in one fused step, OneCycleLR, channels last."""
    _book(LeNet, seed, epochs, watch, lr=LR)


def strided_net(seed: int, epochs: int, watch) -> None:
    """The book's loop with the network of the chapter on open questions, without augmentation."""
    _book(strided, seed, epochs, watch, lr=0.01)


def strided() -> nn.Module:
    """The better network of the chapter on open questions."""

    def convolution(maps_in: int, maps: int, kernel: int = 3, stride: int = 1, pool: bool = False):
        conv = nn.Conv2d(maps_in, maps, kernel, stride, bias=False)
        return conv, *([nn.MaxPool2d(2)] if pool else []), nn.BatchNorm2d(maps), nn.ReLU()

    return nn.Sequential(
        *convolution(1, 16, kernel=5, stride=2),
        *convolution(16, 32),
        *convolution(32, 32, pool=True),
        *convolution(32, 64),
        nn.Flatten(),
        nn.Linear(64 * 2 * 2, 10),
    )


def _book(build: Callable[[], nn.Module], seed: int, epochs: int, watch, *, lr: float):
    loader, _, _ = mnist_loaders(BATCH)
    seed_everything(seed)
    model = build().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=DECAY, fused=True)
    scheduler = OneCycleLR(optimizer, lr, total_steps=epochs * len(loader))
    optimizer.register_step_post_hook(lambda *_: watch.step())
    for _ in range(epochs):
        watch.begin()
        train_one_epoch(model, loader, optimizer, scheduler=scheduler)
        watch.end(lambda images: predict(model, images))


def articles_loop(seed: int, epochs: int, watch) -> None:
    """The loop of the articles: a DataLoader that transforms image by image, batch 64, Adam."""
    seed_everything(seed)
    model = LeNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loader = DataLoader(_per_image(), batch_size=64, shuffle=True)
    for _ in range(epochs):
        watch.begin()
        model.train()
        running = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            running += loss.item()
            watch.step()
        watch.end(lambda images: predict(model, images))


def pytorch_examples(seed: int, epochs: int, watch) -> None:
    """The MNIST script of pytorch/examples, from its published network and settings."""
    seed_everything(seed)
    model = _ExamplesNet()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    scheduler = StepLR(optimizer, step_size=1, gamma=0.7)
    loader = DataLoader(_per_image(), batch_size=64, shuffle=True)
    for _ in range(epochs):
        watch.begin()
        model.train()
        for step, (images, labels) in enumerate(loader):
            optimizer.zero_grad()
            loss = F.nll_loss(model(images), labels)
            loss.backward()
            optimizer.step()
            if step % 10 == 0:
                loss.item()  # the script prints it
            watch.step()
        scheduler.step()
        watch.end(lambda images: predict(model, images))


class _ExamplesNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(64 * 12 * 12, 128), nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = self.dropout1(F.max_pool2d(x, 2)).flatten(start_dim=1)
        return F.log_softmax(self.fc2(self.dropout2(F.relu(self.fc1(x)))), dim=1)


def _per_image() -> ArchivedMNIST:
    steps = [transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))]
    return ArchivedMNIST(transform=transforms.Compose(steps))


def _training_tensors() -> TensorDataset:
    return mnist_loaders(BATCH)[0].dataset


def lightning(seed: int, epochs: int, watch) -> None:
    """PyTorch Lightning's Trainer, without the logger and the checkpoints."""
    import lightning as L

    class Digits(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = LeNet()

        def training_step(self, batch, _index):
            images, labels = batch
            return F.cross_entropy(self.net(images), labels)

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters(), lr=LR, weight_decay=DECAY, fused=True)
            scheduler = OneCycleLR(optimizer, LR, total_steps=self.trainer.estimated_stepping_batches)
            return [optimizer], [{"scheduler": scheduler, "interval": "step"}]

        def on_train_epoch_start(self):
            watch.begin()

        def on_train_batch_end(self, *_):
            watch.step()

        def on_train_epoch_end(self):
            watch.end(lambda images: predict(self.net, images))
            self.net.train()

    L.seed_everything(seed, verbose=False)
    loader = DataLoader(_training_tensors(), batch_size=BATCH, shuffle=True)
    trainer = L.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=False,
    )
    trainer.fit(Digits(), loader)


def keras(seed: int, epochs: int, watch) -> None:
    """Keras 3 on torch: ``compile`` and ``fit`` on arrays."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    keras.config.set_image_data_format("channels_first")  # as torch has it: no transposing
    images, labels = (tensor.numpy() for tensor in _training_tensors().tensors)
    steps = epochs * -(-len(images) // BATCH)
    model = keras.Sequential(
        [
            layers.Input((1, 28, 28)),
            layers.Conv2D(6, 5, padding="same"),
            layers.MaxPooling2D(),
            layers.ReLU(),
            layers.Conv2D(16, 5),
            layers.MaxPooling2D(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10),
        ]
    )
    rate = keras.optimizers.schedules.CosineDecay(
        LR / 25, int(0.7 * steps), warmup_target=LR, warmup_steps=int(0.3 * steps)
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=DECAY)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss)

    class Watch(keras.callbacks.Callback):
        def on_epoch_begin(self, *_, **__):
            watch.begin()

        def on_train_batch_end(self, *_, **__):
            watch.step()

        def on_epoch_end(self, *_, **__):
            watch.end(lambda x: torch.from_numpy(model.predict(x.numpy(), batch_size=1_000, verbose=0)))

    model.fit(images, labels, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=[Watch()])


def fastai(seed: int, epochs: int, watch) -> None:
    """fastai's Learner and ``fit_one_cycle``, with its own AdamW."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fastai.callback.core import Callback
        from fastai.callback.schedule import fit_one_cycle  # noqa: F401  (adds the method)
        from fastai.data.core import DataLoaders
        from fastai.data.load import DataLoader as FastaiLoader
        from fastai.learner import Learner
        from fastai.torch_core import set_seed

    class Watch(Callback):
        def before_train(self):
            watch.begin()

        def after_batch(self):
            if self.training:
                watch.step()

        def after_train(self):
            watch.end(lambda images: predict(self.model, images))

    set_seed(seed)
    data = _training_tensors()
    few = TensorDataset(*(tensor[:1] for tensor in data.tensors))  # it always validates
    loaders = DataLoaders(
        FastaiLoader(data, bs=BATCH, shuffle=True, num_workers=0),
        FastaiLoader(few, bs=1, num_workers=0),
        device="cpu",
    )
    learner = Learner(loaders, LeNet(), loss_func=nn.CrossEntropyLoss(), wd=DECAY, cbs=[Watch()])
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(epochs, LR)


def skorch(seed: int, epochs: int, watch) -> None:
    """skorch's NeuralNetClassifier: scikit-learn's ``fit`` on arrays."""
    from skorch import NeuralNetClassifier
    from skorch.callbacks import Callback, LRScheduler

    class Watch(Callback):
        def on_epoch_begin(self, _net, **_):
            watch.begin()

        def on_batch_end(self, _net, training, **_):
            if training:
                watch.step()

        def on_epoch_end(self, net, **_):
            watch.end(lambda images: predict(net.module_, images))

    seed_everything(seed)
    images, labels = _training_tensors().tensors
    steps = epochs * -(-len(images) // BATCH)
    net = NeuralNetClassifier(
        LeNet,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=DECAY,
        optimizer__fused=True,
        lr=LR,
        batch_size=BATCH,
        max_epochs=epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        callbacks=[LRScheduler(OneCycleLR, max_lr=LR, total_steps=steps, step_every="batch"), Watch()],
    )
    net.fit(images.numpy(), labels.numpy())


RECIPES = {
    "book: LeNet": (lenet, 2),
    "book: strided network": (strided_net, 1),
    "articles' loop, LeNet": (articles_loop, 8),
    "pytorch/examples": (pytorch_examples, 4),
    "Lightning, LeNet": (lightning, 2),
    "Keras on torch, LeNet": (keras, 2),
    "fastai, LeNet": (fastai, 2),
    "skorch, LeNet": (skorch, 2),
}
