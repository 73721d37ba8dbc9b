"""Figures that a reader can touch: on the static page, in Jupyter and on Colab."""

import base64
import html
import io
import itertools
import json
from collections.abc import Callable, Sequence

import ipywidgets
import matplotlib.pyplot as plt

MAX_FRAMES = 120
# Show the frame that the sliders of this figure point at. Plain attributes, so no script has to load.
_ON_INPUT = (
    "const b=this.closest('.explore'),s=[...b.querySelectorAll('input')];"
    "this.nextElementSibling.value=JSON.parse(this.dataset.values)[this.value];"
    "const k=s.reduce((k,i)=>k*(+i.max+1)+(+i.value),0);"
    "b.querySelectorAll('figure').forEach((f,j)=>{f.hidden=j!==k})"
)


class Explorer:
    """A drawing with sliders; ``explore`` makes it, the front end shows the form that it can."""

    def __init__(self, draw: Callable[..., str], sliders: dict[str, Sequence]):
        self.draw, self.sliders = draw, sliders
        count = 1
        for values in sliders.values():
            count *= len(values)
        if not 0 < count <= MAX_FRAMES:
            raise ValueError(f"{count} frames: give 1 to {MAX_FRAMES}, by shortening a slider")

    def frame(self, values: dict[str, object]) -> tuple[bytes, str]:
        """The picture (WebP) for one setting, and the sentence that describes it."""
        text = self.draw(**values)
        buffer = io.BytesIO()
        plt.gcf().savefig(buffer, format="webp", facecolor="white", pil_kwargs={"quality": 80})
        plt.close()
        return buffer.getvalue(), text

    def to_html(self) -> str:
        """Every frame and native sliders in one piece of HTML that needs no kernel and no library."""
        figures = []
        for i, values in enumerate(itertools.product(*self.sliders.values())):
            picture, text = self.frame(dict(zip(self.sliders, values, strict=True)))
            source = "data:image/webp;base64," + base64.b64encode(picture).decode()
            text, hidden = html.escape(text), " hidden" if i else ""
            figures.append(
                f'<figure style="margin:0"{hidden}><img src="{source}" alt="{text}" '
                f'style="max-width:100%;background:white"><figcaption>{text}</figcaption></figure>'
            )
        controls = []
        for name, values in self.sliders.items():
            shown = html.escape(json.dumps([str(value) for value in values]))
            controls.append(
                f'<label style="display:block">{html.escape(name.replace("_", " "))} '
                f'<input type="range" min="0" max="{len(values) - 1}" value="0" autocomplete="off" '
                f'style="vertical-align:middle;width:14em;max-width:60%" data-values="{shown}" '
                f'oninput="{html.escape(_ON_INPUT)}"> '
                f"<output>{html.escape(str(values[0]))}</output></label>"
            )
        return '<div class="explore">' + "".join(controls) + "".join(figures) + "</div>"

    def to_widget(self) -> ipywidgets.Widget:
        """The same figure drawn anew by the kernel at every move of a slider."""
        picture, caption = ipywidgets.Image(format="webp"), ipywidgets.HTML()
        controls = {
            name: ipywidgets.SelectionSlider(
                options=[(str(value), value) for value in values], description=name.replace("_", " ")
            )
            for name, values in self.sliders.items()
        }

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


def explore(draw: Callable[..., str], **sliders: Sequence) -> Explorer:
    """An interactive figure: ``draw(**values)`` draws it and returns a sentence that describes it.

    Each keyword names a slider and lists its values. The page shows frames drawn in advance, one for
    each combination (at most 120, else ``ValueError``); with a kernel ipywidgets draws on demand.
    """
    return Explorer(draw, sliders)
