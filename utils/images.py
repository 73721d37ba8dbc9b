"""Photographs and drawings of digits, brought to the form that MNIST's images have."""

import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

MAX_PIXELS = 50_000_000  # a large photograph; more would only fill the memory
MIN_CONTRAST = 8  # of 255 gray levels; less is paper, not ink
INK = 0.3  # of the darkest ink; fainter pixels are taken for paper when the digit is cut out


class ImageError(ValueError):
    """A file is no image of a digit; the message says which file, why, and what to do."""


def read_digit(path: Path | str) -> Tensor:
    """An image file as MNIST would have it: (28, 28) uint8, light ink on black.

    Any size, gray or color, dark on light or light on dark, with or without transparency. As in
    MNIST the digit fills a box of 20×20 whose center of mass is the center of the image (LeCun et
    al., 1998). Raises ``ImageError`` for what is not an image, or has nothing in it.
    """
    ink = _ink(_gray(Path(path)), Path(path))
    rows, columns = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    digit = Image.fromarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = 20 / max(digit.size)
    size = tuple(max(1, round(scale * length)) for length in digit.size)
    box = np.asarray(digit.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR))
    box = np.clip(box / box.max(), 0, 1)
    image = np.zeros((28, 28))
    # Shift the box so that its center of mass falls on pixel (14, 14), but never out of the image.
    mass = box.sum()
    top, left = (round(14 - (box.sum(axis=1 - axis) @ np.arange(box.shape[axis]) / mass)) for axis in (0, 1))
    top, left = min(max(top, 0), 28 - box.shape[0]), min(max(left, 0), 28 - box.shape[1])
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return torch.from_numpy((255 * image).round().astype(np.uint8))


def _gray(path: Path) -> np.ndarray:
    """Gray levels (H, W) float32 on any scale; a transparent image lies on white, or else on black."""
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise ImageError(f"{path} is empty: the file has no bytes. Save the image again.")
        Image.init()
        formats = [name for name in Image.ID if name != "EPS"]  # a program, which Pillow gives to Ghostscript
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the image can do without
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=formats) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Image.DecompressionBombError(f"{image.width}×{image.height} pixels")
                image = ImageOps.exif_transpose(image)
                if image.mode[0] in "IF":  # 16 and 32 bits
                    return np.asarray(image, dtype=np.float32)
                image = image.convert("RGBA")
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise ImageError(f"{path} is a folder. Give the images in it: {path}/*") from error
    except PermissionError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}. Ask its owner for it.") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ImageError(
            f"{path} is too large: at most {MAX_PIXELS:,} pixels are read. Make it smaller."
        ) from error
    except Exception as error:  # Pillow raises many kinds for files that are cut short or malformed
        raise ImageError(
            f"{path} cannot be read as an image: {' '.join(str(error).split())}. "
            "PNG, JPEG and most other formats will do."
        ) from error
    for paper in ("white", "black"):
        flat = Image.new("RGBA", image.size, paper)
        gray = np.asarray(Image.alpha_composite(flat, image).convert("L"), dtype=np.float32)
        if np.ptp(gray) >= MIN_CONTRAST:
            break
    return gray


def _ink(gray: np.ndarray, path: Path) -> np.ndarray:
    """Ink (H, W) from 0 to 1; paper is what lies along the rim."""
    largest = np.abs(gray).max()
    if not 0 < largest < np.inf or np.ptp(gray := gray / largest) <= MIN_CONTRAST / 255:
        size = f"{gray.shape[1]}×{gray.shape[0]} pixels"
        raise ImageError(f"{path} is blank ({size} of one gray level): there is no digit to read.")
    rim = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ink = np.abs(gray - np.median(rim))
    return ink / ink.max()
