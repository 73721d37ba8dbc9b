"""Figures that a reader can touch: on the static page, in Jupyter and on Colab."""

import base64
import html
import io
import itertools
import json
import math
from collections.abc import Callable, Sequence

import ipywidgets
import matplotlib.pyplot as plt

MAX_FRAMES = 120
# Show the frame that the controls of this figure point at. Plain attributes, so no script has to load.
_SHOW = (
    "const b=this.closest('.explore');let k=0;"
    "b.querySelectorAll('[data-count]').forEach(c=>{"
    "k=k*c.dataset.count+ +(c.querySelector('input:checked')||c.querySelector('input')).value});"
    "b.querySelectorAll('figure').forEach((f,j)=>{f.hidden=j!==k})"
)
_SLIDE = "this.nextElementSibling.value=JSON.parse(this.dataset.values)[this.value];" + _SHOW


class Explorer:
    """A drawing with controls; ``explore`` makes it, the front end shows the form that it can."""

    def __init__(self, draw: Callable[..., str], controls: dict[str, Sequence], opening: dict[str, object]):
        self.draw, self.controls = draw, {name: list(values) for name, values in controls.items()}
        count = math.prod(map(len, self.controls.values()))
        if not 0 < count <= MAX_FRAMES:
            raise ValueError(f"{count} frames: give 1 to {MAX_FRAMES}, by shortening a list of values")
        for name, value in opening.items():
            if name not in self.controls:
                raise ValueError(f"opening: {name!r} is none of the controls {list(self.controls)}")
            if value not in self.controls[name]:
                raise ValueError(f"opening: {value!r} is none of the values of {name}, {self.controls[name]}")
        self.opening = {name: opening.get(name, values[0]) for name, values in self.controls.items()}

    def frame(self, values: dict[str, object]) -> tuple[bytes, str]:
        """The picture (WebP) for one setting, and the sentence that describes it."""
        text = self.draw(**values)
        buffer = io.BytesIO()
        plt.gcf().savefig(buffer, format="webp", facecolor="white", pil_kwargs={"quality": 80})
        plt.close()
        return buffer.getvalue(), text

    def to_html(self) -> str:
        """Every frame and native controls in one piece of HTML that needs no kernel and no library."""
        figures = []
        for setting in itertools.product(*self.controls.values()):
            values = dict(zip(self.controls, setting, strict=True))
            picture, text = self.frame(values)
            source = "data:image/webp;base64," + base64.b64encode(picture).decode()
            text, hidden = html.escape(text), "" if values == self.opening else " hidden"
            figures.append(
                f'<figure style="margin:0"{hidden}><img src="{source}" alt="{text}" '
                f'style="max-width:100%;background:white"><figcaption>{text}</figcaption></figure>'
            )
        controls = "".join(
            (_buttons if _are_words(values) else _slider)(name, values, values.index(self.opening[name]))
            for name, values in self.controls.items()
        )
        # A form of its own keeps the buttons apart from those of the page's other figures.
        form = f'<form autocomplete="off" onsubmit="return false" style="margin:0">{controls}</form>'
        return f'<div class="explore">{form}{"".join(figures)}</div>'

    def to_widget(self) -> ipywidgets.Widget:
        """The same figure drawn anew by the kernel at every change of a control."""
        picture, caption = ipywidgets.Image(format="webp"), ipywidgets.HTML()
        controls = {}
        for name, values in self.controls.items():
            options = [(str(value), value) for value in values]
            kind, style = ipywidgets.SelectionSlider, {}
            if _are_words(values):
                kind, style = ipywidgets.ToggleButtons, {"button_width": "auto"}
            label = name.replace("_", " ")
            controls[name] = kind(options=options, value=self.opening[name], description=label, style=style)

        def redraw(_change=None) -> None:
            picture.value, text = self.frame({name: c.value for name, c in controls.items()})
            caption.value = html.escape(text)

        for control in controls.values():
            control.observe(redraw, names="value")
        redraw()
        return ipywidgets.VBox([*controls.values(), picture, caption])

    def _repr_mimebundle_(self, **_kwargs) -> dict[str, object]:
        # Written out, since ipywidgets 7 (Colab) and 8 differ in how a widget shows itself.
        view = {"version_major": 2, "version_minor": 0, "model_id": self.to_widget().model_id}
        return {
            "text/plain": "an interactive figure",
            "text/html": self.to_html(),
            "application/vnd.jupyter.widget-view+json": view,
        }


def explore(
    draw: Callable[..., str], *, opening: dict[str, object] | None = None, **controls: Sequence
) -> Explorer:
    """An interactive figure: ``draw(**values)`` draws it and returns a sentence that describes it.

    Each keyword names a control and lists its values: words become buttons, anything else a slider.
    ``opening`` says at which value a control starts; the others start at their first.

    The page shows frames drawn in advance, one for each combination, at most 120; with a kernel ipywidgets
    draws on demand. Raises ``ValueError`` for more frames, and for an opening that is none of them.
    """
    return Explorer(draw, controls, opening or {})


def _are_words(values: list) -> bool:
    return all(isinstance(value, str) for value in values)


def _slider(name: str, values: list, start: int) -> str:
    """A native slider over the positions in ``values``, with its value in words behind it."""
    shown = html.escape(json.dumps([str(value) for value in values]))
    return (
        f'<label style="display:block" data-count="{len(values)}">{_label(name)} '
        f'<input type="range" min="0" max="{len(values) - 1}" value="{start}" '
        f'style="vertical-align:middle;width:14em;max-width:60%" data-values="{shown}" '
        f'oninput="{html.escape(_SLIDE)}"> '
        f"<output>{html.escape(str(values[start]))}</output></label>"
    )


def _buttons(name: str, values: list[str], start: int) -> str:
    """Native radio buttons, one for each of ``values``; on the site book.css makes them pills."""
    choices = "".join(
        f'<label style="margin-right:1em"><input type="radio" name="{_label(name)}" value="{i}"'
        f'{" checked" if i == start else ""} oninput="{html.escape(_SHOW)}"> {html.escape(value)}</label>'
        for i, value in enumerate(values)
    )
    style = "border:0;margin:0;padding:0;min-width:0"
    legend = (
        f'<legend style="float:left;width:auto;margin:0 1em 0 0;font-size:inherit">{_label(name)}</legend>'
    )
    return f'<fieldset style="{style}" data-count="{len(values)}">{legend}<div>{choices}</div></fieldset>'


def _label(name: str) -> str:
    return html.escape(name.replace("_", " "))
