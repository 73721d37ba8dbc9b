"""Models, tables, plots and interactive figures."""

import html
import json
import re

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from utils.models import MLP, LeNet, Perceptron, count_parameters, summarize
from utils.plotting import plot_confusion_matrix, plot_history, show_images
from utils.tables import Table
from utils.training import History, Metrics
from utils.widgets import explore

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_perceptron_learns_what_a_line_can_do_and_only_that():
    corners = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    either = torch.tensor([-1, 1, 1, 1])
    perceptron = Perceptron(2)
    mistakes = perceptron.learn(corners, either, passes=50)
    assert mistakes[-1] == 0
    assert 0 not in mistakes[:-1]
    assert torch.equal(perceptron(corners), either)
    before = perceptron.w.clone()
    assert perceptron.learn(corners, either) == [0]
    assert torch.equal(perceptron.w, before)
    exclusive = torch.tensor([-1, 1, 1, -1])
    assert 0 not in Perceptron(2).learn(corners, exclusive, passes=50)


def test_perceptron_steps_by_the_example_and_its_label():
    perceptron = Perceptron(2)
    assert perceptron.learn(torch.tensor([[2.0, 3.0]], dtype=torch.float64), torch.tensor([-1])) == [1]
    assert perceptron.w.tolist() == [-2, -3, -1]


def test_mlp_has_an_activation_between_its_layers_and_none_after_the_last():
    model = MLP((784, 128, 128, 10))
    assert count_parameters(model) == 118_282
    x = torch.randn(2, 1, 28, 28)
    hidden = model.layers[1](model.layers[0](x.flatten(1)).relu()).relu()
    torch.testing.assert_close(model(x), model.layers[2](hidden))
    linear = MLP((3, 4, 2), activation=nn.Identity())
    W = linear.layers[1].weight @ linear.layers[0].weight
    b = linear.layers[1](linear.layers[0].bias)
    x = torch.randn(5, 3)
    torch.testing.assert_close(linear(x), x @ W.T + b)
    assert count_parameters(MLP((784, 10))) == 7850


def test_lenet_has_the_shapes_and_parameters_of_its_layers():
    model = LeNet()
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert count_parameters(model) == 61_706
    model.conv1.weight.requires_grad_(False)
    assert count_parameters(model) == 61_706 - 150


def test_summarize_lists_layers_in_order_and_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    table = summarize(model.train(), (1, 4, 4))
    assert [row[1:] for row in table.rows] == [
        ["Conv2d", "2 × 2 × 2", "20"],
        ["BatchNorm2d", "2 × 2 × 2", "4"],
        ["Flatten", "8", "0"],
        ["Linear", "3", "27"],
        ["Sequential", "", "51"],
    ]
    assert model.training
    assert not model[0]._forward_hooks
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    with pytest.raises(RuntimeError):
        summarize(model, (1, 9, 9))
    assert not model[0]._forward_hooks


def test_table_aligns_and_escapes():
    table = Table(("name", "n"), [("a|b", 5), ("c", 1234)])
    assert repr(table).splitlines() == ["name     n", "----  ----", "a|b      5", "c     1234"]
    assert table._repr_markdown_().splitlines()[1:3] == ["| :--- | ---: |", r"| a\|b | 5 |"]
    with pytest.raises(ValueError, match="2 cells"):
        Table(("name", "n"), [("a",)])


def test_plots_show_what_they_are_given():
    show_images(torch.rand(12, 1, 28, 28), range(12), columns=5)
    shown = [ax for ax in plt.gcf().axes if ax.images]
    assert len(shown) == 12
    assert [ax.get_title() for ax in shown] == [str(i) for i in range(12)]
    history = History(train=[Metrics(1, 0.5), Metrics(0.5, 0.9)], val=[Metrics(0.8, 0.6), Metrics(0.6, 0.8)])
    plot_history(history)
    left, right = plt.gcf().axes
    assert [list(line.get_ydata()) for line in left.lines] == [[1, 0.5], [0.8, 0.6]]
    assert [list(line.get_xdata()) for line in left.lines] == [[1, 2]] * 2
    assert [line.get_label() for line in left.lines] == ["training", "validation"]
    assert right.lines[1].get_ydata() == pytest.approx([40, 20])
    _, ax = plt.subplots()
    plot_confusion_matrix(torch.tensor([0, 0, 1, 2]), torch.tensor([0, 1, 1, 2]), ax=ax)
    texts = {tuple(map(int, t.get_position())): t.get_text() for t in ax.texts}
    assert texts == {(0, 0): "1", (1, 0): "1", (1, 1): "1", (2, 2): "1"}  # (prediction, label)
    assert ax.images[0].get_array().tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]  # mistakes only


def draw(power, shift):
    plt.figure(figsize=(2, 1))
    plt.plot([x**power + shift for x in range(5)])
    return f'power {power}, shift "{shift}"'


def test_explore_has_a_described_frame_for_every_setting():
    figure = explore(draw, power=[1, 2, 3], shift=[-1, 0])
    page = figure.to_html()
    alts = [html.unescape(alt) for alt in re.findall(r'alt="([^"]*)"', page)]
    assert alts == [f'power {p}, shift "{s}"' for p in (1, 2, 3) for s in (-1, 0)]
    assert page.count("<figure") == 6
    assert page.count(" hidden><img") == 5  # all frames but the first
    assert not plt.get_fignums()
    with pytest.raises(ValueError, match="frames"):
        explore(draw, power=range(121))
    explore(draw, power=range(60), shift=range(2))
    with pytest.raises(ValueError, match="frames"):
        explore(draw, power=range(100), shift=range(2))
    with pytest.raises(ValueError, match="frames"):
        explore(draw, power=[])


def test_values_of_a_control_survive_any_character():
    values = ["Sobel's", 'say "no"', "back\\slash", "<b>"]

    def draw(kernel, again):
        plt.figure(figsize=(1, 1))
        return f"{kernel} {again}"

    page = explore(draw, kernel=[0.5, *values], again=values).to_html()
    (shown,) = re.findall(r'data-values="([^"]*)"', page)
    assert json.loads(html.unescape(shown)) == ["0.5", *values]
    assert [html.unescape(word) for word in re.findall(r"> ([^<]*)</label>", page)] == values


def test_words_are_buttons_and_numbers_sliders():
    figure = explore(draw_word, word=["one", "two"], power=[1, 2], flat=[True, False])
    page = figure.to_html()
    assert page.count('type="radio"') == 2
    assert page.count('type="range"') == 2
    assert re.search(r"<fieldset[^>]*><legend[^>]*>word</legend>", page)
    kinds = [type(control).__name__ for control in figure.to_widget().children[:3]]
    assert kinds == ["ToggleButtons", "SelectionSlider", "SelectionSlider"]


def test_explore_opens_where_it_is_told_to():
    figure = explore(
        draw_word, opening={"power": 2, "word": "two"}, word=["one", "two"], power=[1, 2, 3], flat=[0, 1]
    )
    page = figure.to_html()
    (shown,) = re.findall(r'<figure style="margin:0"><img src="[^"]*" alt="([^"]*)"', page)
    assert shown == "two 2 0"
    assert page.count(" hidden><img") == 11
    assert re.findall(r'value="(\d)" checked', page) == ["1"]
    assert re.findall(r'max="(\d)" value="(\d)"', page) == [("2", "1"), ("1", "0")]
    assert re.findall(r"<output>(.*?)</output>", page) == ["2", "0"]
    *controls, _picture, caption = figure.to_widget().children
    assert [control.value for control in controls] == ["two", 2, 0]
    assert caption.value == "two 2 0"
    for opening, words in (
        ({"powers": 1}, "none of the controls"),
        ({"power": 4}, "none of the values of power"),
    ):
        with pytest.raises(ValueError, match=words):
            explore(draw_word, opening=opening, word=["one"], power=[1], flat=[0])


def draw_word(word, power, flat):
    plt.figure(figsize=(1, 1))
    return f"{word} {power} {flat}"


def test_explore_draws_anew_when_a_control_moves():
    widget = explore(draw, power=[1, 2, 3], shift=[-1, 0]).to_widget()
    power, _shift, picture, caption = widget.children
    before = picture.value
    power.value = 3
    assert picture.value != before
    assert html.unescape(caption.value) == 'power 3, shift "-1"'
