/* The demo "digit": draw a digit, and LeNet-5 (utils/models.py) answers, with all its feature maps. */
"use strict";

demo("digit", place => {
  const { layers, digits, forward, softmax, center } = globalThis.demoDigit;
  const SIDE = 280, CELL = 10, PEN = 22; // the drawing surface; MNIST's strokes are two to three pixels wide
  const LAYERS = [ // name, maps, rows and columns of a map, shape in words
    ["conv1", 6, 28, 28, "6×28×28"], ["pool1", 6, 14, 14, "6×14×14"],
    ["conv2", 16, 10, 10, "16×10×10"], ["pool2", 16, 5, 5, "16×5×5"],
    ["fc1", 1, 2, 60, "120"], ["fc2", 1, 2, 42, "84"], ["logits", 1, 1, 10, "10"],
  ];

  /* 256 colors between anchors, each as the number that a canvas holds. */
  const colors = (...anchors) => Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (anchors.length - 1), k = Math.min(Math.floor(at), anchors.length - 2);
    const channel = shift => {
      const [a, b] = [anchors[k], anchors[k + 1]].map(anchor => (anchor >> shift) & 255);
      return Math.round(a + (b - a) * (at - k));
    };
    return ((255 << 24) | (channel(0) << 16) | (channel(8) << 8) | channel(16)) >>> 0;
  });
  const INK = colors(0xffffff, 0x000000);
  const VIRIDIS = colors(0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725);
  const SIGNED = colors(0x2166ac, 0x67a9cf, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xef8a62, 0xb2182b);

  const named = d => `${d === 8 ? "an" : "a"} ${d}`;
  const canvas = (height, width, attributes = {}) => element("canvas", { height, width, ...attributes });

  /* Values from low to high, each a pixel of the canvas. */
  const paint = (target, values, table, low, high) => {
    const context = target.getContext("2d"), image = context.createImageData(target.width, target.height);
    const pixels = new Uint32Array(image.data.buffer), scale = 255 / (high - low || 1);
    values.forEach((value, i) => { pixels[i] = table[Math.max(0, Math.min(255, Math.round((value - low) * scale)))]; });
    context.putImageData(image, 0, 0);
  };

  /* The parts. */
  const surface = canvas(SIDE, SIDE, {
    class: "digit-ink", tabindex: 0, role: "application",
    "aria-label": "Drawing surface. Arrow keys move the cursor, Space lowers or lifts the pen, Delete clears.",
  });
  const pen = surface.getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  const cursor = element("span", { class: "digit-cursor", "aria-hidden": "true" });
  const seen = canvas(28, 28, { class: "digit-ink", role: "img" });
  const source = element("span"), answer = element("p", { class: "digit-answer", "aria-live": "polite" });
  const penState = element("output", {}, "The pen is up.");
  const bars = Array.from({ length: 10 }, (_, d) => {
    const bar = element("span", { class: "digit-bar" }), text = element("span", { class: "digit-percent" });
    const track = element("span", { class: "digit-track", "aria-hidden": "true" }, bar);
    return { row: element("li", {}, element("span", {}, String(d)), track, text), bar, text };
  });

  /* What is drawn, what the network sees, and what it makes of it. `exact` is a test digit not yet drawn upon. */
  let exact = null, fresh = true, image = null, result = null, due = 0;

  const wipe = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIDE, SIDE);
    exact = null, fresh = false;
  };

  /* The surface as ink, 0 to 255. */
  const ink = () => {
    const { data } = pen.getImageData(0, 0, SIDE, SIDE), values = new Uint8Array(SIDE * SIDE);
    for (let i = 0; i < values.length; i++) values[i] = 255 - data[4 * i];
    return values;
  };

  /* Compute and draw, once a frame at most. */
  const update = () => { due ||= requestAnimationFrame(() => { due = 0; show(); }); };

  const show = () => {
    image = exact === null ? center(ink(), SIDE) : digits[exact];
    paint(seen, image ?? new Uint8Array(784), INK, 0, 255);
    result = image && forward(image);
    const p = result ? softmax(result.logits) : Array(10).fill(0), most = Math.max(...p);
    bars.forEach(({ row, bar, text }, d) => {
      bar.style.width = `${100 * p[d]}%`;
      text.textContent = result ? `${(100 * p[d]).toFixed(1)}%` : "–";
      row.classList.toggle("digit-most", result !== null && p[d] === most);
    });
    source.textContent = exact !== null ? `${named(exact)} of the test set, as it is`
      : image ? "your drawing, centered and scaled as MNIST’s were" : "nothing yet";
    for (const [name, ...tiles] of rows) tiles.forEach((tile, m) => paintMap(tile.firstChild, name, m));
    if (chosen) paintMap(large, ...chosen);
    say();
  };

  /* The same action, but once a second at most: what is read aloud should not hurry. */
  const calmly = action => {
    let last = 0, waiting = 0;
    return () => {
      waiting ||= setTimeout(() => { waiting = 0; last = Date.now(); action(); }, Math.max(200, last + 1000 - Date.now()));
    };
  };

  /* The result in a sentence. */
  const say = calmly(() => {
    const p = result ? softmax(result.logits) : [];
    const [first, second] = p.map((_, d) => d).sort((a, b) => p[b] - p[a]);
    const guess = d => `${named(d)} (${(100 * p[d]).toFixed(1)}%)`;
    answer.textContent = !result ? "Nothing is drawn yet."
      : `The network reads ${guess(first)}${p[second] < 0.001 ? "" : `, then ${guess(second)}`}.`;
    const inked = image ? [...image.keys()].filter(i => image[i] > 76) : [];
    const span = lines => `${Math.min(...lines) + 1} to ${Math.max(...lines) + 1}`;
    seen.setAttribute("aria-label", inked.length
      ? `The 28×28 image that the network sees, ${source.textContent}: ink in rows ` +
        `${span(inked.map(i => Math.floor(i / 28)))} and columns ${span(inked.map(i => i % 28))}.`
      : "The 28×28 image that the network sees: empty.");
  });

  /* One map of a layer, in colors that the whole layer shares; a map before its ReLU is shown after it. */
  const paintMap = (target, name, m) => {
    const size = target.width * target.height, all = result ? result[name] : new Float32Array(size * (m + 1));
    const low = name === "logits" ? Math.min(...all) : 0;
    paint(target, all.subarray(m * size, (m + 1) * size), VIRIDIS, low, Math.max(low + 1e-6, ...all));
  };

  /* The maps as buttons, a row for each layer; each row is one stop of the Tab key. */
  const rows = LAYERS.map(([name, maps, height, width, shape]) => [name, ...Array.from({ length: maps }, (_, m) =>
    element("button", {
      type: "button", tabindex: m ? -1 : 0,
      "aria-label": maps > 1 ? `${name}, map ${m + 1} of ${maps}` : `${name}, ${shape} numbers`,
      onpointerenter: () => choose(name, m), onfocus: () => choose(name, m), onclick: () => choose(name, m),
    }, canvas(height, width)))]);
  const layerRow = ([name, ...tiles], [, maps, , , shape]) => element("div", { class: "digit-layer" },
    element("span", { class: "digit-name" }, element("b", {}, name), ` ${shape}`),
    element("div", {
      class: `digit-maps digit-${name} digit-maps-${maps}`, role: "toolbar", "aria-label": `${name}, ${shape}`,
      onkeydown: event => {
        const at = tiles.indexOf(event.target), last = tiles.length - 1;
        const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        tiles[Math.max(0, Math.min(last, to))].focus();
      },
    }, ...tiles));

  /* What made the chosen map: its kernels, and a sentence. */
  let chosen = null, large = canvas(1, 1);
  const made = element("p"), kernels = element("div", { class: "digit-kernels" }), picture = element("div", { class: "digit-large" });
  const choose = (name, m) => {
    if (chosen?.[0] === name && chosen[1] === m) return;
    chosen = [name, m];
    const [, maps, height, width, shape] = LAYERS.find(layer => layer[0] === name);
    for (const [row, ...tiles] of rows) tiles.forEach((tile, k) => {
      tile.setAttribute("aria-current", row === name && k === m);
      if (row === name) tile.tabIndex = k === m ? 0 : -1;
    });
    flow.forEach(step => step.classList.toggle("digit-here", step.dataset.layer === name));
    large = canvas(height, width, { "aria-hidden": "true" });
    picture.replaceChildren(large);
    picture.classList.toggle("digit-strip", maps === 1);
    paintMap(large, name, m);
    kernels.replaceChildren();
    const { w, b } = layers[name === "logits" ? "fc3" : name] ?? {};
    if (maps > 1 && w) {
      const size = w.length / maps, own = w.subarray(m * size, (m + 1) * size);
      const limit = own.reduce((a, value) => Math.max(a, Math.abs(value)), 0);
      for (let c = 0; c < size; c += 25) {
        const kernel = canvas(5, 5, { "aria-hidden": "true" });
        paint(kernel, own.subarray(c, c + 25), SIGNED, -limit, limit);
        kernels.append(kernel);
      }
    }
    const map = `${name}, map ${m + 1} of ${maps}, ${height}×${width}: `, bias = b && b[m].toFixed(2).replace("-", "−");
    made.textContent = {
      conv1: `${map}made by kernel ${m + 1}, 5×5 weights that slide over the image (red is positive, blue negative), plus a bias of ${bias}; then ReLU.`,
      pool1: `${map}the largest of each 2×2 square of map ${m + 1} of conv1. Nothing is learned here.`,
      conv2: `${map}made by kernel ${m + 1}, 6×5×5 weights: a 5×5 window for each of the six maps of pool1 (red is positive, blue negative). Their sums are added, plus a bias of ${bias}; then ReLU.`,
      pool2: `${map}the largest of each 2×2 square of map ${m + 1} of conv2. Nothing is learned here.`,
      fc1: "fc1, 120 units: each adds up all 400 numbers of pool2, each times a weight of its own; then ReLU.",
      fc2: "fc2, 84 units: each adds up all 120 numbers of fc1, each times a weight of its own; then ReLU.",
      logits: "The ten logits, one for each digit from 0 to 9: weighted sums of the 84 numbers of fc2. Softmax turns them into the probabilities.",
    }[name];
  };

  /* Pen: a line in the surface's pixels; the first one replaces the digit shown at the start. */
  const stroke = (from, to) => {
    if (fresh) wipe();
    exact = null;
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke(); // which leaves nothing where the line has no length
    pen.beginPath();
    pen.arc(...to, PEN / 2, 0, 2 * Math.PI);
    pen.fillStyle = "#000";
    pen.fill();
    update();
  };

  /* Mouse, touch and stylus. */
  let last = null;
  const spot = event => {
    const frame = surface.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top].map(length => (length / frame.width) * SIDE);
  };
  surface.addEventListener("pointerdown", event => {
    if (event.button !== 0 || !event.isPrimary) return;
    surface.setPointerCapture(event.pointerId);
    last = spot(event);
    stroke(last, last);
  });
  surface.addEventListener("pointermove", event => {
    if (!last || !event.isPrimary) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length ? between : [event]) {
      const to = spot(one);
      stroke(last, to);
      last = to;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) surface.addEventListener(end, () => { last = null; });

  /* Keyboard: a cursor that moves from cell to cell, by the arrow keys or, diagonally too, the number pad. */
  const MOVES = {
    ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0],
    Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1],
  };
  let at = [14, 14], down = false;
  const middle = cell => cell.map(index => (index + 0.5) * CELL);
  const tellPen = calmly(() => {
    const [column, row] = at.map(index => index + 1);
    penState.textContent = `The pen is ${down ? "down" : "up"} at column ${column}, row ${row} of 28.`;
  });
  const lower = is => { down = is; cursor.classList.toggle("digit-down", is); tellPen(); };
  const clear = () => { wipe(); lower(false); update(); };
  surface.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (move) {
      const before = at;
      at = at.map((index, axis) => Math.max(0, Math.min(27, index + move[axis])));
      [cursor.style.left, cursor.style.top] = at.map(index => `${(100 * (index + 0.5)) / 28}%`);
      if (down) stroke(middle(before), middle(at));
      tellPen();
    } else if (event.key === " ") {
      lower(!down);
      if (down) stroke(middle(at), middle(at));
    } else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
  });
  surface.addEventListener("blur", () => { if (down) lower(false); });

  /* Ten digits of the test set to start from. */
  const start = d => {
    const small = canvas(28, 28);
    paint(small, digits[d], INK, 0, 255);
    wipe();
    pen.drawImage(small, 0, 0, SIDE, SIDE);
    exact = d;
    update();
  };
  const examples = digits.map((pixels, d) => {
    const small = canvas(28, 28, { class: "digit-ink" });
    paint(small, pixels, INK, 0, 255);
    return element("button", { type: "button", "aria-label": `Start from ${named(d)}`, onclick: () => start(d) }, small);
  });

  const steps = [["image", "1×28×28"], ...LAYERS.map(layer => [layer[0], layer[4]])];
  steps.splice(5, 0, ["flattened", "400"]);
  const flow = steps.map(([name, shape]) => element("li", { "data-layer": name }, `${name} `, element("b", {}, shape)));
  const percent = `${(100 * demoData.digit.accuracy).toFixed(1)}%`;

  place.append(
    element("div", { class: "digit-top" },
      element("div", {},
        element("p", { class: "digit-title" }, "Draw a digit here"),
        element("div", { class: "digit-surface" }, surface, cursor),
        element("button", { type: "button", onclick: clear }, "Clear")),
      element("div", { class: "digit-read" },
        answer,
        element("ul", { class: "digit-bars", "aria-label": "The network’s ten probabilities" }, ...bars.map(bar => bar.row)),
        element("div", { class: "digit-seen" }, seen,
          element("p", {}, "What the network sees, 28×28 numbers from 0 (paper) to 255 (ink): ", source, ".")))),
    element("p", { class: "demo-note digit-keys" },
      "Keyboard: arrow keys move the cursor, Space lowers or lifts the pen, Delete clears. ", penState),
    element("div", { class: "digit-examples", role: "group", "aria-label": "Ten digits of the test set" },
      element("span", {}, "Or start from:"), ...examples),
    element("ol", { class: "digit-flow", "aria-label": "The flow of shapes" }, ...flow),
    element("div", { class: "digit-layers" }, ...LAYERS.map((layer, i) => layerRow(rows[i], layer))),
    element("div", { class: "digit-detail" }, picture, element("div", {}, made, kernels)),
    element("p", { class: "demo-note" },
      `In each layer, the brighter the larger. This network answered ${percent} of the validation images rightly.`),
    element("p", { class: "demo-print" }, "On the book’s site this place is live: draw a digit, and a trained LeNet-5 " +
      "answers as you draw, with the feature maps of all its layers."),
  );
  choose("conv1", 0);
  start(3);
  fresh = true;
});
