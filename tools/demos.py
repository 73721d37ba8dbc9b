"""Write the data of the demos, ``demos/demo-NAME-data.js``: ``python -m tools.demos [--train]``.

``--train`` trains anew what was trained; without it, the weights in the files are kept.
"""

import argparse
import json
from functools import partial
from pathlib import Path

from tools import demo_convolution, demo_digit, demo_labels, demo_perceptron
from tools.files import write_whole

FOLDER = Path(__file__).resolve().parent.parent / "demos"


def script(name: str, data: dict) -> str:
    """The text of a data file; the page finds the data as ``demoData.NAME``."""
    comment = f"/* Written by python -m tools.demos, never by hand. {data.get('about', '')} */"
    values = {key: value for key, value in data.items() if key != "about"}
    body = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return f"{comment}\n(globalThis.demoData ??= {{}}).{name} = {body};\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", action="store_true", help="train the networks anew")
    arguments = parser.parse_args()
    demos = {
        "digit": partial(demo_digit.data, train=arguments.train),
        "convolution": demo_convolution.data,  # after the digit, whose kernels it shows
        "perceptron": demo_perceptron.data,
        "labels": demo_labels.data,
    }
    for name, make in demos.items():
        path = FOLDER / f"demo-{name}-data.js"
        write_whole(path, script(name, make()))
        print(f"{path.relative_to(FOLDER.parent)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
