/* Back-propagation on a small graph, one node forward and one edge backward at a time.
   The numbers come from window.demoGraph; a test holds them against torch.autograd. */
"use strict";

(() => {
  // Each step makes a value: [name, from, rule as text, value, factors, factors as text].
  // A factor is the derivative of the new value by one of the values that it is made from.
  const FORMULA = {
    title: "L = (w x + b)² x",
    inputs: {x: 3, w: 2, b: -4},
    range: {min: -5, max: 5, step: 0.5},
    digits: 2,
    steps: [
      ["p", ["w", "x"], (w, x) => `${w} · ${x}`, (w, x) => w * x, (w, x) => [x, w], ["x", "w"]],
      ["s", ["p", "b"], (p, b) => `${p} + ${b}`, (p, b) => p + b, () => [1, 1], ["", ""]],
      ["q", ["s"], s => `${s}²`, s => s * s, s => [2 * s], ["2 s"]],
      ["L", ["q", "x"], (q, x) => `${q} · ${x}`, (q, x) => q * x, (q, x) => [x, q], ["x", "q"]],
    ],
    // Columns and rows of the nodes: lying on a wide screen, standing on a narrow one.
    lying: {x: [0, 0], w: [0, 1.15], b: [1, 2.2], p: [1, 1], s: [2, 1.5], q: [3, 1.5], L: [4, 0.6]},
    standing: {x: [0, 0], w: [1.6, 0], p: [1.1, 1.1], b: [2, 1.1], s: [1.6, 2.2], q: [1.6, 3.3], L: [0.6, 4.2]},
  };

  const softmax = (z0, z1) => {
    const [e0, e1] = [Math.exp(z0 - Math.max(z0, z1)), Math.exp(z1 - Math.max(z0, z1))];
    return [e0 / (e0 + e1), e1 / (e0 + e1)];
  };
  const UNIT = {
    title: "one hidden unit, two classes",
    inputs: {"x₁": 1, "x₂": 2, "w₁": 1, "w₂": 1, b: -1, "v₀": 1, "v₁": -1},
    range: {min: -3, max: 3, step: 0.25},
    digits: 3,
    steps: [
      ["a", ["w₁", "x₁", "w₂", "x₂", "b"], (w1, x1, w2, x2, b) => `${w1} · ${x1} + ${w2} · ${x2} + ${b}`,
        (w1, x1, w2, x2, b) => w1 * x1 + w2 * x2 + b, (w1, x1, w2, x2) => [x1, w1, x2, w2, 1],
        ["x₁", "w₁", "x₂", "w₂", ""]],
      ["h", ["a"], a => `max(0, ${a})`, a => Math.max(0, a), a => [a > 0 ? 1 : 0], ["[a > 0]"]],
      ["z₀", ["v₀", "h"], (v, h) => `${v} · ${h}`, (v, h) => v * h, (v, h) => [h, v], ["h", "v₀"]],
      ["z₁", ["v₁", "h"], (v, h) => `${v} · ${h}`, (v, h) => v * h, (v, h) => [h, v], ["h", "v₁"]],
      ["J", ["z₀", "z₁"], (z0, z1) => `ln(exp ${z0} + exp ${z1}) − ${z1}`,
        (z0, z1) => Math.log(Math.exp(z0 - Math.max(z0, z1)) + Math.exp(z1 - Math.max(z0, z1)))
          + Math.max(z0, z1) - z1,
        (z0, z1) => [softmax(z0, z1)[0], -softmax(z0, z1)[0]], ["p₀", "p₁ − 1"]],
    ],
    lying: {"x₁": [0, 0], "w₁": [0, 1], "x₂": [0, 2], "w₂": [0, 3], b: [0, 4], a: [1.25, 2], h: [2.3, 2],
      "v₀": [2.3, 0.5], "v₁": [2.3, 3.5], "z₀": [3.3, 1], "z₁": [3.3, 3], J: [4.2, 2]},
    standing: {"x₁": [0, 0], b: [1, 0], "x₂": [2, 0], a: [1, 1.2], "w₁": [0, 2.2], "w₂": [2, 2.2], h: [1, 2.4],
      "z₀": [0.5, 3.5], "z₁": [1.5, 3.5], "v₀": [0, 4.6], "v₁": [2, 4.6], J: [1, 4.8]},
  };
  const GRAPHS = {formula: FORMULA, unit: UNIT};

  // The forward pass: every value, by name.
  const forward = (graph, inputs) => {
    const values = {...inputs};
    for (const [name, from, , value] of graph.steps) values[name] = value(...from.map(n => values[n]));
    return values;
  };

  // The backward pass: what flows along each edge, last step first, and each value's derivative.
  const backward = (graph, values) => {
    const loss = graph.steps.at(-1)[0];
    const gradients = Object.fromEntries(Object.keys(values).map(name => [name, name === loss ? 1 : 0]));
    const flows = [];
    for (const [to, from, , , factors, texts] of [...graph.steps].reverse()) {
      factors(...from.map(n => values[n])).forEach((factor, i) => {
        const part = gradients[to] * factor;
        gradients[from[i]] += part;
        flows.push({from: from[i], to, factor, text: texts[i], part});
      });
    }
    return {gradients, flows};
  };

  const run = (name, inputs) => {
    const values = forward(GRAPHS[name], inputs);
    return {values, ...backward(GRAPHS[name], values)};
  };

  // How much the loss changes when one input is raised and all others stay.
  const nudge = (name, inputs, which, by) => {
    const [graph, loss] = [GRAPHS[name], GRAPHS[name].steps.at(-1)[0]];
    const raised = forward(graph, {...inputs, [which]: inputs[which] + by});
    return raised[loss] - forward(graph, inputs)[loss];
  };

  window.demoGraph = {run, nudge};

  const BY = 0.01;
  const bar = name => name[0] + "\u0304" + name.slice(1);

  // A number with a fixed count of digits, a true minus, and no minus before zero.
  const fixed = (number, digits) => {
    const text = number.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  };
  const inBrackets = text => (text.startsWith("−") ? `(${text})` : text);

  // What happens at a step: the node that gets its value, or the edge that gets its factor, and a sentence.
  const scene = (name, inputs, step) => {
    const graph = GRAPHS[name];
    const {values, gradients, flows} = run(name, inputs);
    const write = number => fixed(number, graph.digits);
    const made = graph.steps.slice(0, step).map(([node]) => node);
    const known = [...Object.keys(inputs), ...made];
    const loss = graph.steps.at(-1)[0];
    const back = step - graph.steps.length;  // 1: the loss has its 1; then one edge each
    const done = flows.slice(0, Math.max(0, back - 1));
    const parts = node => done.filter(flow => flow.from === node).map(flow => flow.part);
    const sum = node => {
      const all = parts(node).map(write);
      if (node === loss) return back > 0 ? write(1) : "?";
      if (all.length < 2) return all[0] ?? "?";
      return `${all.map((t, i) => (i ? inBrackets(t) : t)).join(" + ")} = ${write(gradients[node])}`;
    };
    let words = "The inputs are given, and nothing is computed yet.";
    if (step > 0 && back <= 0) {
      const [node, from, rule] = graph.steps[step - 1];
      const numbers = from.map(n => inBrackets(write(values[n])));
      words = `Forward: ${node} = ${rule(...from)} = ${rule(...numbers)} = ${write(values[node])}.`;
    } else if (back === 1) {
      words = `Backward: ${loss} changes by as much as itself, so ${bar(loss)} = 1.`;
    } else if (back > 1) {
      const {from, to, factor, text, part} = done.at(-1);
      const f = inBrackets(write(factor));
      words = `Backward from ${to} to ${from}: the factor ∂${to}/∂${from} is ${text ? `${text} = ` : ""}`
        + `${write(factor)}, so ${from} gets ${write(gradients[to])} · ${f} = ${write(part)}.`;
      if (parts(from).length > 1) words += ` It is used twice: ${bar(from)} = ${sum(from)}.`;
    }
    const last = graph.steps.length + 1 + flows.length;
    words = words.replaceAll(" · ", "\u00a0·\u00a0");  // a product stays on one line
    return {graph, values, gradients, known, made, done, parts, sum, write, words, back, last, loss};
  };

  // Where the line from one node's center to another's leaves the first one's frame.
  const border = ([x0, y0], [x1, y1], [w, h]) => {
    const t = Math.min(w / 2 / Math.abs(x1 - x0 || 1e-9), h / 2 / Math.abs(y1 - y0 || 1e-9));
    return [x0 + t * (x1 - x0), y0 + t * (y1 - y0)];
  };

  // An arrow head at the point tip, coming from the point tail.
  const head = (tip, tail, kind) => {
    const length = Math.hypot(tip[0] - tail[0], tip[1] - tail[1]);
    const [x, y] = [(tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length];
    const corner = side => `${tip[0] - 9 * x + side * 4 * y},${tip[1] - 9 * y - side * 4 * x}`;
    return element("polygon", {class: kind, points: `${tip} ${corner(1)} ${corner(-1)}`});
  };

  // A point beside the middle of a line, with room for a factor: above a flat line, away from center by a steep one.
  const beside = (tail, tip, center) => {
    const length = Math.hypot(tip[0] - tail[0], tip[1] - tail[1]);
    let [x, y] = [(tip[1] - tail[1]) / length, (tail[0] - tip[0]) / length];
    const middle = [0, 1].map(k => (tail[k] + tip[k]) / 2);
    const turn = Math.abs(x) > 0.6 ? x < 0 !== middle[0] < center - 1 : y > 0;
    if (turn) [x, y] = [-x, -y];
    const away = 23 * Math.abs(x) + 8 * Math.abs(y);
    return [middle[0] + away * x, middle[1] + away * y];
  };

  // The drawing of one scene, as wide as its frame.
  const draw = (now, width) => {
    const {graph, values, known, made, done, parts, sum, write, back, loss} = now;
    const standing = width < 560;
    const places = standing ? graph.standing : graph.lying;
    const columns = Math.max(...Object.values(places).map(([i]) => i));
    const rows = Math.max(...Object.values(places).map(([, j]) => j));
    const [boxWidth, rowHeight] = [88, standing ? 100 : 82];
    const size = node => [boxWidth, (parts(node).length > 1 ? 70 : 56)];
    const at = node => [
      boxWidth / 2 + 3 + (width - boxWidth - 6) * places[node][0] / columns,
      38 + rowHeight * places[node][1],
    ];
    const height = 76 + rowHeight * rows;
    const svg = element("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img"});
    for (const [to, from] of graph.steps) {
      for (const start of from) {
        const [tail, tip] = [border(at(start), at(to), size(start)), border(at(to), at(start), size(to))];
        const flow = done.find(f => f.from === start && f.to === to);
        const current = flow && flow === done.at(-1);
        const kind = current ? "now" : flow ? "back" : made.includes(to) ? "made" : "open";
        svg.append(element("line", {class: kind, x1: tail[0], y1: tail[1], x2: tip[0], y2: tip[1]}));
        svg.append(flow ? head(tail, tip, kind) : head(tip, tail, kind));
        if (!flow) continue;
        const [x, y] = beside(tail, tip, standing ? width / 2 : 0);
        const label = element("text", {class: "factor", x, y: y + 4});
        label.append(`× ${write(flow.factor)}`);
        svg.append(label);
      }
    }
    for (const node of Object.keys(places)) {
      const [[x, y], [w, h]] = [at(node), size(node)];
      const current = back <= 0 ? node === made.at(-1) : back === 1 ? node === loss : node === done.at(-1).from;
      svg.append(element("rect", {class: current ? "now" : "", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 8}));
      const value = known.includes(node) ? write(values[node]) : "?";
      const [first, total = first] = sum(node).split(" = ");
      const lines = [`${node} = ${value}`, ...(total === first ? [] : [first]), `${bar(node)} = ${total}`];
      lines.forEach((line, i) => {
        const place = {x, y: y + 5 + 20 * (i - (lines.length - 1) / 2), class: i ? "gradient" : "value"};
        if (lines.length > 2 && i === 1) place.class = "parts";
        svg.append(element("text", place, line));
      });
    }
    const all = Object.keys(places).map(node =>
      `${node} = ${known.includes(node) ? write(values[node]) : "?"}, ${bar(node)} = ${sum(node)}`);
    svg.setAttribute("aria-label", `The computation graph of ${graph.title}. ${all.join("; ")}.`);
    return svg;
  };

  demo("graph", place => {
    const options = Object.entries(GRAPHS).map(([value, {title}]) => element("option", {value}, title));
    const choice = element("select", {onchange: () => begin()}, ...options);
    const frame = element("div", {class: "demo-drawing"});
    const words = element("p", {class: "demo-words"});
    const table = element("table");
    let step, inputs, cells, width = 0;

    // Show the step: the drawing, the sentence, and the table's numbers.
    const show = () => {
      const now = scene(choice.value, inputs, step);
      if (width) frame.replaceChildren(draw(now, width));
      words.replaceChildren(`Step ${step} of ${now.last}. ${now.words}`);
      say(words.textContent);
      for (const [name, [value, gradient, change]] of Object.entries(cells)) {
        value.replaceChildren(now.write(inputs[name]));
        gradient.replaceChildren(now.sum(name).split(" = ").at(-1));
        const moved = nudge(choice.value, inputs, name, BY);
        change.replaceChildren(step === now.last ? fixed(moved, now.graph.digits + 2) : "?");
      }
    };

    // Take the graph that is chosen, with its own numbers, from the first step.
    const begin = () => {
      const graph = GRAPHS[choice.value];
      [step, inputs, cells] = [0, {...graph.inputs}, {}];
      const loss = graph.steps.at(-1)[0];
      const heads = ["input", "value", "derivative", `raised by ${BY}, ${loss} changes by`];
      const rows = Object.keys(inputs).map((name, i) => {
        const id = `demo-graph-${i}`;
        const slide = event => { inputs[name] = Number(event.target.value); show(); };
        const slider = element("input", {type: "range", id, ...graph.range, value: inputs[name], oninput: slide});
        const [value, gradient, change] = cells[name] = ["output", "td", "td"].map(tag => element(tag));
        const label = element("th", {scope: "row"}, element("label", {for: id}, name));
        return element("tr", {}, label, element("td", {}, slider, value), gradient, change);
      });
      const header = element("tr", {}, ...heads.map(text => element("th", {scope: "col"}, text)));
      table.replaceChildren(element("thead", {}, header), element("tbody", {}, ...rows));
      show();
    };

    // Go to a step that is there.
    const go = to => { step = Math.max(0, Math.min(to, scene(choice.value, inputs, 0).last)); show(); };
    const button = (text, act) => element("button", {type: "button", onclick: act}, text);
    place.append(
      element("p", {class: "demo-controls"}, element("label", {}, "graph ", choice),
        button("One step on", () => go(step + 1)), button("One step back", () => go(step - 1)),
        button("All steps", () => go(Infinity)), button("Start anew", () => begin())),
      words, frame, element("div", {class: "demo-table"}, table),
      element("p", {class: "demo-print"}, "On the book’s site this place is live: values and derivatives appear step by "
        + "step on a small graph, for inputs that the reader sets."),
    );
    const say = voice(place);
    begin();
    toMeasure(frame, measured => { width = measured; show(); });
  });
})();
