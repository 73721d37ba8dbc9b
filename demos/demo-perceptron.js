/* The demo "perceptron": the learning rule moves a line, mistake by mistake (chapter perceptron). */
"use strict";

(() => {
  /* w·x of an example [x1, x2, y], with the third input that is always 1. */
  const weigh = (w, [x1, x2]) => w[0] * x1 + w[1] * x2 + w[2];

  /* The condition of eq-perceptron-rule: y (w·x) ≤ 0. */
  const wrong = (w, example) => example[2] * weigh(w, example) <= 0;

  /* eq-perceptron-rule: w + y x. */
  const update = (w, [x1, x2, y]) => [w[0] + y * x1, w[1] + y * x2, w[2] + y];

  /* The next wrong example, going round from number `next`; −1 if a whole pass is clean. */
  const nextMistake = (w, examples, next) => {
    for (let c = 0; c < examples.length; c++) {
      const i = (next + c) % examples.length;
      if (wrong(w, examples[i])) return i;
    }
    return -1;
  };

  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const plus = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  const times = (c, a) => a.map(v => c * v);

  /* R of eq-perceptron-margin, and the largest γ that any u has; γ is 0 where no line separates.
     With z = y x, the best u is the shortest w with w·z ≥ 1 for all z, made length 1. It has w·z = 1 for one,
     two or three z and is the shortest such w, so we try them all: exact, and quick for so few examples. */
  const margin = examples => {
    const z = examples.map(([x1, x2, y]) => [y * x1, y * x2, y]);
    let best = null, length = Infinity;
    const attempt = w => {
      const own = Math.sqrt(dot(w, w));
      if (own < length && z.every(v => dot(w, v) >= 1 - 1e-9)) [best, length] = [w, own];
    };
    z.forEach((a, i) => {
      attempt(times(1 / dot(a, a), a));
      z.slice(i + 1).forEach((b, j) => {
        const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)], area = aa * bb - ab * ab;
        if (area > 1e-9) attempt(times(1 / area, plus(times(bb - ab, a), times(aa - ab, b))));
        for (const c of z.slice(i + j + 2)) {
          const volume = dot(a, cross(b, c));
          if (Math.abs(volume) > 1e-9) {
            attempt(times(1 / volume, plus(plus(cross(b, c), cross(c, a)), cross(a, b))));
          }
        }
      });
    });
    const R = Math.sqrt(Math.max(...z.map(v => dot(v, v))));
    return { R, gamma: best ? 1 / length : 0, u: best && times(1 / length, best) };
  };

  window.demoPerceptron = { wrong, update, nextMistake, margin };

  const SETS = {
    "20 points": { examples: demoData.perceptron.plane, low: -3.25, high: 3.25 },
    XOR: { examples: demoData.perceptron.xor, low: -0.75, high: 1.75 },
  };
  const SIDE = 400, GRID = 0.25, MOST = 60, PATIENCE = 1000; // most examples; mistakes until a run gives up
  const number = (value, digits = 2) => value.toFixed(digits).replace("-", "−").replace(/^−(0\.?0*)$/, "$1");
  const vector = values => `(${values.map(v => number(v)).join(", ")})`;
  const kind = y => (y > 0 ? "circle, +1" : "square, −1");

  demo("perceptron", place => {
    const state = {};
    let timer = 0, bound;

    const set = () => SETS[setSelect.value];
    const across = x1 => ((x1 - set().low) / (set().high - set().low)) * SIDE;
    const up = x2 => SIDE - across(x2);
    const middle = () => (set().low + set().high) / 2;
    const norm = () => Math.hypot(state.w[0], state.w[1]);

    /* Stop a run, if there is one. */
    const halt = () => {
      clearTimeout(timer);
      timer = 0;
      runButton.textContent = "Run";
    };

    /* Weights to start from: zero, or those that the reader has set by hand. */
    const begin = (w, byHand = false) => {
      halt();
      Object.assign(state, { w, byHand, next: 0, mistakes: 0, last: null, before: null, end: "", been: new Map() });
      state.told = byHand ? "You moved the line. Count its mistakes, or let the rule go on from here."
        : "All weights are zero, and there is no line yet. Every example counts as wrong, since w·x = 0.";
      render();
    };

    /* Other examples, so another bound. */
    const setExamples = examples => {
      state.examples = examples;
      bound = margin(examples);
    };

    /* One step of the rule: the next mistake and its update. Returns whether there was one. */
    const step = () => {
      const { w, examples, next, been } = state, i = nextMistake(w, examples, next);
      if (i < 0) {
        Object.assign(state, { end: "clean", before: null, last: null });
        state.told = `A whole pass without a mistake: every example is on its side, and nothing changes any more.`;
        return false;
      }
      const example = examples[i], [x1, x2, y] = example;
      Object.assign(state, {
        before: w, last: example, w: update(w, example), next: (i + 1) % examples.length,
        mistakes: state.mistakes + 1, end: "",
      });
      state.told = `Example ${i + 1} (${kind(y)}) is wrong: y (w·x) = ${number(y * weigh(w, example))} ≤ 0. `
        + `w ← ${vector(w)} ${y > 0 ? "+" : "−"} ${vector([x1, x2, 1])} = ${vector(state.w)}.`;
      const key = [state.next, ...state.w.map(v => v.toFixed(9))].join();
      if (been.has(key)) {
        state.end = "circle";
        state.told += ` These weights, with the same example next, were here ${state.mistakes - been.get(key)} `
          + "mistakes ago. From here everything repeats: this never ends.";
        been.clear();
      }
      been.set(key, state.mistakes);
      return !state.end;
    };

    /* Step until it ends: one mistake after the other, or at once for a reader who wants less motion. */
    const run = () => {
      if (timer) return halt();
      const first = state.mistakes;
      const go = () => {
        const patient = state.mistakes - first < PATIENCE;
        if (!patient) state.told = `No rest after ${PATIENCE} mistakes.`;
        if (!patient || !step()) halt();
        else if (lessMotion()) return go();
        else timer = setTimeout(go, Math.max(20, 350 - 10 * (state.mistakes - first)));
        return render();
      };
      runButton.textContent = "Pause";
      go();
    };

    /* The line as two numbers: the angle of its normal vector, and how far it lies from the picture's middle. */
    const pose = () => {
      const [w1, w2, b] = state.w, length = norm();
      return length
        ? { angle: Math.atan2(w2, w1), shift: -(b + middle() * (w1 + w2)) / length }
        : { angle: 0, shift: 0 };
    };

    /* The reader moves the line; the length of the normal vector stays. */
    const setPose = (angle, shift) => {
      const length = norm() || 1, [w1, w2] = [length * Math.cos(angle), length * Math.sin(angle)];
      begin([w1, w2, -shift * length - middle() * (w1 + w2)], true);
    };

    /* A point of the plane under a pointer. */
    const under = event => {
      const box = plane.getBoundingClientRect(), { low, high } = set();
      return [low + ((event.clientX - box.left) / box.width) * (high - low),
        high - ((event.clientY - box.top) / box.height) * (high - low)];
    };

    /* Add an example at the crossing of the grid that is nearest. */
    const add = point => {
      const [x1, x2] = point.map(v => Math.round(v / GRID) * GRID), y = +classSelect.value;
      if (state.examples.some(e => e[0] === x1 && e[1] === x2)) state.told = "There is an example already.";
      else if (state.examples.length >= MOST) state.told = `${MOST} examples are enough.`;
      else {
        halt();
        setExamples([...state.examples, [x1, x2, y]]);
        Object.assign(state, { end: "", been: new Map(), told: `You added ${vector([x1, x2])}, a ${kind(y)}.` });
      }
      render();
    };

    /* Drag a handle: the line keeps its angle, or turns around its middle handle. */
    const drag = event => {
      if (!event.buttons || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
      const [x1, x2] = under(event).map(v => v - middle()), { angle, shift } = pose();
      if (event.currentTarget === moveHandle) setPose(angle, x1 * Math.cos(angle) + x2 * Math.sin(angle));
      else {
        const pivot = state.pivot, turned = Math.atan2(x2 - pivot[1], x1 - pivot[0]);
        setPose(turned, pivot[0] * Math.cos(turned) + pivot[1] * Math.sin(turned));
      }
    };
    const grab = event => {
      const { angle, shift } = pose();
      state.pivot = [shift * Math.cos(angle), shift * Math.sin(angle)];
      event.currentTarget.setPointerCapture(event.pointerId);
    };

    /* Keys on the plane: arrows move a cursor, space or Enter adds an example there. */
    const keys = event => {
      const way = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      const adds = event.key === " " || event.key === "Enter", { low, high } = set();
      if ((!way && !adds) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (adds) return void add(state.cursor ?? [0, 0]);
      state.cursor = (state.cursor ?? [0, 0])
        .map((v, a) => Math.max(low + GRID, Math.min(high - GRID, v + way[a] * GRID)));
      state.told = `Cursor at ${vector(state.cursor)}. Space adds an example.`;
      render();
    };

    const button = (text, onclick) => element("button", { type: "button", onclick }, text);
    const choice = (label, options, onchange) => {
      const select = element("select", { onchange },
        ...options.map(([value, text]) => element("option", { value }, text)));
      return [select, element("label", {}, label, select)];
    };
    const slider = (label, min, max, step, oninput) => {
      const input = element("input", { type: "range", min, max, step, oninput }), output = element("output");
      return [input, output, element("label", { class: "perceptron-slider" }, label, input, output)];
    };
    const useSet = () => {
      setExamples(set().examples);
      state.cursor = null;
      const reach = ((set().high - set().low) / 2).toFixed(2);
      attributes(shiftInput, { min: -reach, max: reach });
      begin([0, 0, 0]);
    };
    const [setSelect, setLabel] = choice("Examples", Object.keys(SETS).map(name => [name, name]), useSet);
    const [classSelect, classLabel] = choice("A click adds a", [[1, "circle, +1"], [-1, "square, −1"]], null);
    const runButton = button("Run", run);
    const stepButton = button("One step", () => { halt(); step(); render(); });
    const [turnInput, turnOutput, turnLabel] = slider("Turn the line", -180, 180, 1,
      () => setPose(turnInput.value * Math.PI / 180, pose().shift));
    const [shiftInput, shiftOutput, shiftLabel] = slider("Shift the line", -1, 1, 0.05,
      () => setPose(pose().angle, +shiftInput.value));

    /* A handle keeps its parts while it is dragged, and a finger on it does not scroll the page: inside an SVG
       the style touch-action is not enough. */
    const handle = (name, ...parts) => element("g", {
      class: "perceptron-handle", "data-handle": name, onpointerdown: grab, onpointermove: drag,
      ontouchstart: event => event.preventDefault(),
    }, ...parts);
    const attributes = (part, values) => Object.entries(values).forEach(([key, value]) => part.setAttribute(key, value));
    const [moveHit, turnHit] = [0, 1].map(() => element("circle", { r: 18, class: "hit" }));
    const knob = element("circle", { r: 7, class: "knob" }), normal = element("line", { class: "normal" });
    const tip = element("polygon", { class: "knob", points: "0,0 -14,7 -14,-7" }), drawing = element("g");
    const moveHandle = handle("move", moveHit, knob), turnHandle = handle("turn", normal, tip, turnHit);
    const plane = element("svg", {
      viewBox: `0 0 ${SIDE} ${SIDE}`, tabindex: 0, role: "application", class: "perceptron-plane", onkeydown: keys,
      onclick: event => { if (!event.target.closest("[data-handle]")) add(under(event)); },
    }, drawing, moveHandle, turnHandle);
    const [told, line, count] = [0, 1, 2].map(() => element("p"));
    const say = voice(place);

    /* A line with weights w, drawn beyond both ends of the picture. */
    const drawLine = (w, style) => {
      const length = Math.hypot(w[0], w[1]);
      if (!length) return [];
      const [n1, n2] = [w[0] / length, w[1] / length], far = 3 * (set().high - set().low);
      const shift = -w[2] / length;
      const at = t => [across(shift * n1 - t * n2), up(shift * n2 + t * n1)];
      const [[x1, y1], [x2, y2]] = [at(far), at(-far)];
      return [element("line", { x1, y1, x2, y2, class: style })];
    };

    /* An example: its shape is its class; hollow with a cross in it is wrong; a ring is around the last update's. */
    const drawExample = example => {
      const [x, y] = [across(example[0]), up(example[1])], bad = wrong(state.w, example);
      const style = (example[2] > 0 ? "plus" : "minus") + (bad ? " bad" : "");
      const parts = [example[2] > 0 ? element("circle", { cx: x, cy: y, r: 8, class: style })
        : element("rect", { x: x - 7.5, y: y - 7.5, width: 15, height: 15, class: style })];
      if (bad) parts.push(element("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: "cross" }));
      if (example === state.last) parts.push(element("circle", { cx: x, cy: y, r: 15, class: "ring" }));
      return element("g", {}, ...parts);
    };

    /* Show everything that the state says. */
    const render = () => {
      const { w, before, examples, mistakes, byHand, cursor } = state, { angle, shift } = pose(), half = middle();
      const [cx, cy] = [across(half + shift * Math.cos(angle)), up(half + shift * Math.sin(angle))];
      const [tx, ty] = [cx + 62 * Math.cos(angle), cy - 62 * Math.sin(angle)];
      const errors = examples.filter(e => wrong(w, e)).length;
      drawing.replaceChildren(
        element("line", { x1: across(0), x2: across(0), y1: 0, y2: SIDE, class: "axis" }),
        element("line", { y1: up(0), y2: up(0), x1: 0, x2: SIDE, class: "axis" }),
        element("text", { x: SIDE - 20, y: up(0) - 7 }, "x₁"), element("text", { x: across(0) + 7, y: 16 }, "x₂"),
        ...(before ? drawLine(before, "before") : []), ...drawLine(w, "now"), ...examples.map(drawExample),
        ...(cursor ? [element("path", {
          d: `M${across(cursor[0]) - 12} ${up(cursor[1])}h24m-12 -12v24`, class: "cursor",
        })] : []));
      for (const part of [moveHandle, turnHandle]) attributes(part, { display: norm() ? "inline" : "none" });
      for (const part of [moveHit, knob]) attributes(part, { cx, cy });
      attributes(turnHit, { cx: tx, cy: ty });
      attributes(normal, { x1: cx, y1: cy, x2: tx, y2: ty });
      attributes(tip, { transform: `translate(${tx} ${ty}) rotate(${-angle * 180 / Math.PI})` });
      turnInput.value = Math.round(angle * 180 / Math.PI);
      shiftInput.value = shift;
      turnOutput.textContent = `${number(angle * 180 / Math.PI, 0)}°`;
      shiftOutput.textContent = number(shift);
      turnInput.setAttribute("aria-valuetext", turnOutput.textContent);
      told.textContent = state.told;
      line.textContent = `w = ${vector(w)}, the last of them the bias. `
        + `${norm() ? "" : "While w₁ = w₂ = 0 there is no line. "}Wrong now: ${errors} of ${examples.length}, `
        + "hollow with a cross.";
      const allowed = (bound.R / bound.gamma) ** 2;
      count.textContent = `Mistakes made: ${mistakes}. `
        + (bound.gamma ? `Allowed, from w = 0: (R/γ)² = (${number(bound.R)} / ${number(bound.gamma, 3)})² = `
          + `${number(allowed, 1)}.${byHand ? " You started elsewhere, so the theorem does not count these." : ""}`
          : "No line separates these examples, so there is no γ, and the theorem promises nothing.");
      plane.setAttribute("aria-label", `${examples.length} examples in the plane, ${errors} of them wrong. `
        + `${norm() ? `The line's normal vector points at ${turnOutput.textContent}.` : "No line yet."} `
        + "Arrow keys move a cursor, space adds an example.");
      say(`${state.told} ${line.textContent} ${count.textContent}`);
    };

    place.append(
      element("div", { class: "demo-controls" }, setLabel, stepButton, runButton,
        button("Start anew", () => begin([0, 0, 0])), classLabel, button("Only the given examples", useSet)),
      element("div", { class: "perceptron-body" }, plane,
        element("div", { class: "perceptron-text" }, count, line, told, turnLabel, shiftLabel)),
      element("p", { class: "demo-print" }, "On the book’s site this place is live: the learning rule moves a line "
        + "through twenty points, mistake by mistake, and the reader moves it, too."),
    );
    useSet();
  });
})();
