"""``python -m utils``: what it says when all is well, and when it is not."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from utils.__main__ import alexnet, main
from utils.checkpoints import load_model, save_checkpoint
from utils.data import load_mnist, normalize
from utils.images import ImageError, read_digit
from utils.models import LeNet
from utils.training import predict

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A LeNet trained for a few seconds by the command line itself."""
    path = tmp_path_factory.mktemp("models") / "new folder" / "lenet.pt"
    words = ["train", "--model", "lenet", "--epochs", "2", "--limit", "10000", "--out", str(path)]
    assert main(words) == 0
    return path


@pytest.fixture(scope="module")
def digits():
    images, labels = load_mnist("test")
    return images[:40], labels[:40]


def test_train_evaluate_predict(checkpoint, digits, tmp_path):
    for i in range(3):
        Image.fromarray(digits[0][i].numpy()).save(tmp_path / f"{i}.png")
    run = [sys.executable, "-m", "utils"]
    scores = subprocess.run(
        [*run, "evaluate", checkpoint], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "10,000 test images" in scores
    accuracy, error = map(float, re.search(r"accuracy (\S+)%, error rate (\S+)%", scores).groups())
    assert accuracy > 93
    assert accuracy + error == pytest.approx(100)
    files = [tmp_path / f"{i}.png" for i in range(3)]
    read = subprocess.run(
        [*run, "predict", checkpoint, *files], cwd=ROOT, capture_output=True, text=True, check=True
    )
    model, _ = load_model(checkpoint, {"LeNet": LeNet})
    for file, label, line in zip(files, digits[1], read.stdout.splitlines(), strict=False):
        chances = predict(model, normalize(read_digit(file)[None])).softmax(dim=1)[0]
        assert line == f"{file}: {label} ({chances[label]:.1%})"
    assert len(read.stdout.splitlines()) == 3
    assert read.stderr == ""


def large(image):
    return image.resize((560, 560), Image.Resampling.BICUBIC)


def test_alexnet_starts_from_weights_after_he():
    for parameter in alexnet().parameters():
        if parameter.dim() > 1:
            expected = (2 / parameter[0].numel()) ** 0.5
            assert parameter.std().item() == pytest.approx(expected, rel=0.1)
        else:
            assert not parameter.any()


FORMS = {
    "as MNIST has it": ("png", lambda image: image),
    "dark on light": ("png", ImageOps.invert),
    "large": ("png", large),
    "tiny": ("png", lambda image: image.crop((4, 4, 24, 24))),
    "off center": ("png", lambda image: ImageOps.expand(large(image), (900, 20, 30, 400), fill=0)),
    "blue on cream": ("bmp", lambda image: ImageOps.colorize(large(image), "#fdf6e3", "#102080")),
    "JPEG, faint": ("jpg", lambda image: large(image).point(lambda level: 200 - level // 3)),
    "GIF": ("gif", lambda image: image.convert("P")),
    "16 bits": ("png", lambda image: Image.fromarray(np.asarray(image).astype(np.uint16) * 257)),
    "32 bits": ("tiff", lambda image: Image.fromarray(np.asarray(image) / np.float32(255))),
    "black on nothing": ("png", lambda image: ink_on_nothing(image, 0)),
    "white on nothing": ("png", lambda image: ink_on_nothing(image, 255)),
    "CMYK": ("jpg", lambda image: ImageOps.invert(image).convert("CMYK")),
}


def ink_on_nothing(image, level):
    gray = np.full((28, 28, 3), level, np.uint8)
    return Image.fromarray(np.dstack([gray, np.asarray(image)]))


@pytest.mark.parametrize("form", FORMS)
def test_real_images_are_read_whatever_their_form(form, checkpoint, digits, tmp_path):
    model = LeNet()
    model.load_state_dict(torch.load(checkpoint, weights_only=True)["state"])
    suffix, change = FORMS[form]
    read = []
    for image in digits[0]:
        path = tmp_path / f"digit.{suffix}"
        change(Image.fromarray(image.numpy())).save(path)
        read.append(read_digit(path))
        assert read[-1].shape == (28, 28)
        assert read[-1].dtype == torch.uint8
    answers = predict(model, normalize(torch.stack(read))).argmax(dim=1)
    assert (answers == digits[1]).float().mean() > 0.9


def test_a_digit_fills_a_box_of_20_pixels_around_its_center_of_mass(digits, tmp_path):
    at = torch.arange(28, dtype=torch.float32)
    for image in digits[0]:
        ImageOps.expand(Image.fromarray(image.numpy()), (90, 2, 3, 40)).save(tmp_path / "digit.png")
        digit = read_digit(tmp_path / "digit.png").float()
        for sums in (digit.sum(dim=0), digit.sum(dim=1)):
            assert abs(sums @ at / sums.sum() - 14) < 0.55
        assert max((digit.sum(dim=axis) > 0).sum() for axis in (0, 1)) == 20


def test_a_digit_that_is_centered_already_hardly_changes(digits, tmp_path):
    for image in digits[0]:
        Image.fromarray(image.numpy()).save(tmp_path / "digit.png")
        again = read_digit(tmp_path / "digit.png")
        Image.fromarray(again.numpy()).save(tmp_path / "digit.png")
        assert (read_digit(tmp_path / "digit.png").float() - again.float()).abs().mean() < 12


def test_orientation_that_a_camera_noted_is_heeded(digits, tmp_path):
    image = large(Image.fromarray(digits[0][0].numpy()))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    image.save(tmp_path / "upright.png")
    assert torch.equal(read_digit(tmp_path / "turned.png"), read_digit(tmp_path / "upright.png"))


def bad_inputs(folder):
    """Each kind of file that is no image of a digit, and words that its message must hold."""
    image = Image.fromarray(load_mnist("test").images[0].numpy())
    (folder / "empty.png").touch()
    (folder / "folder.png").mkdir()
    (folder / "letter.txt").write_text("a seven")
    image.resize((400, 400)).save(folder / "whole.png")
    (folder / "cut short.png").write_bytes((folder / "whole.png").read_bytes()[:300])
    Image.new("1", (20_000, 20_000)).save(folder / "huge.png")
    Image.new("1", (10_000, 9_500)).save(folder / "large.png")
    Image.new("L", (8_000, 8_000)).save(folder / "many.png")
    Image.new("L", (1, 1), 128).save(folder / "dot.png")
    Image.new("RGBA", (40, 40)).save(folder / "nothing.png")
    Image.new("L", (40, 40)).save(folder / "black.png")
    Image.new("L", (40, 40), 255).save(folder / "white.png")
    Image.new("I;16", (40, 40), 40_000).save(folder / "gray16.png")
    Image.fromarray(np.full((9, 9), np.nan, np.float32)).save(folder / "nan.tiff")
    return {
        "missing.png": "no file",
        "empty.png": "is empty",
        "folder.png": "is a folder",
        "letter.txt": "cannot be read as an image",
        "cut short.png": "cannot be read as an image",
        "huge.png": "too large",
        "large.png": "too large",
        "many.png": "too large",
        "dot.png": "blank (1×1",
        "nothing.png": "blank",
        "black.png": "blank",
        "white.png": "blank",
        "gray16.png": "blank",
        "nan.tiff": "blank",
    }


def test_bad_images_get_one_clear_line_and_good_ones_are_still_read(checkpoint, digits, tmp_path, capsys):
    cases = bad_inputs(tmp_path)
    Image.fromarray(digits[0][0].numpy()).save(tmp_path / "good.png")
    for name, words in cases.items():
        with pytest.raises(ImageError, match=words.replace("(", r"\(")) as caught:
            read_digit(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
    files = [str(tmp_path / name) for name in [*cases, "good.png"]]
    assert main(["predict", str(checkpoint), *files]) == 1
    seen = capsys.readouterr()
    assert len(seen.err.splitlines()) == len(cases)
    assert all(line.startswith("error: ") for line in seen.err.splitlines())
    assert f"good.png: {digits[1][0]}" in seen.out


def test_bad_checkpoints_get_one_clear_line(checkpoint, tmp_path, capsys):
    damaged = bytearray(checkpoint.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged.pt").write_bytes(damaged)
    (tmp_path / "cut.pt").write_bytes(damaged[:999])
    save_checkpoint(tmp_path / "other.pt", torch.nn.Linear(2, 2))
    torch.save({"model": "LeNet", "state": {"conv1.weight": 1}, "details": {}}, tmp_path / "odd.pt")
    for name, words in {
        "damaged.pt": "damaged",
        "cut.pt": "damaged",
        "odd.pt": "damaged",
        "missing.pt": "no checkpoint",
        ".": "no checkpoint",
        "other.pt": "holds a Linear",
    }.items():
        for command in (["evaluate"], ["predict"]):
            images = ["a.png"] if command == ["predict"] else []
            assert main([*command, str(tmp_path / name), *images]) == 1
            error = capsys.readouterr().err
            assert words in error
            assert error.startswith("error: ")
            assert error.count("\n") == 1


def test_a_place_that_cannot_be_written_is_refused_before_training(tmp_path, capsys):
    (tmp_path / "file").touch()
    for out in (tmp_path, tmp_path / "file/lenet.pt", "/proc/lenet.pt"):
        assert main(["train", "--out", str(out)]) == 1
        assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["train"],
        ["train", "--out", "a.pt", "--epochs", "0"],
        ["train", "--out", "a.pt", "--lr", "nan"],
        ["train", "--out", "a.pt", "--seed", "-1"],
        ["train", "--out", "a.pt", "--model", "vgg"],
        ["predict", "a.pt"],
        ["evaluate", "a.pt", "--split", "train"],
    ],
)
def test_wrong_usage_is_explained(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: python -m utils" in capsys.readouterr().err
