/* The demo "convolution": a kernel slides over a digit, and its feature map grows (chapter lenet). */
"use strict";

(() => {
  /* eq-conv-size: the positions of a window of k pixels along n pixels, with padding p and stride s. */
  const outputSize = (n, k, p, s) => Math.floor((n + 2 * p - k) / s) + 1;

  /* The k×k pixels of the n×n image x that the window covers at position (i, j); the padding is zero. */
  const windowAt = (x, n, k, p, s, i, j) =>
    Array.from({ length: k * k }, (_, index) => {
      const row = s * i - p + Math.floor(index / k);
      const column = s * j - p + (index % k);
      return row < 0 || row >= n || column < 0 || column >= n ? 0 : x[row * n + column];
    });

  /* eq-conv at every position: the map y of the image x under the kernel w with the bias b. */
  const convolve = (x, n, w, k, b, p, s) => {
    const m = outputSize(n, k, p, s);
    return Array.from({ length: m * m }, (_, index) =>
      windowAt(x, n, k, p, s, Math.floor(index / m), index % m).reduce((sum, v, c) => sum + w[c] * v, b));
  };

  /* The four cells of a map, m cells wide, that max-pooling looks at for its cell (i, j). */
  const poolCells = (m, i, j) => [0, 1, m, m + 1].map(step => 2 * i * m + 2 * j + step);

  /* eq-pool with squares of 2×2: the largest of each. A last odd row or column is left out. */
  const pool = (y, m) => {
    const half = Math.floor(m / 2);
    return Array.from({ length: half * half }, (_, index) =>
      Math.max(...poolCells(m, Math.floor(index / half), index % half).map(cell => y[cell])));
  };

  /* A kernel of 3×3 in the middle of one of k×k, or the middle 3×3 of a larger one. */
  const resize = (w, from, to) => {
    const rim = (to - from) / 2;
    return Array.from({ length: to * to }, (_, index) => {
      const row = Math.floor(index / to) - rim, column = (index % to) - rim;
      return row < 0 || row >= from || column < 0 || column >= from ? 0 : w[row * from + column];
    });
  };

  window.demoConvolution = { outputSize, windowAt, convolve, pool };

  const N = 28, CELL = 16; // pixels of the digit; canvas pixels for each of them
  const fit = (value, last) => Math.max(0, Math.min(last, value));
  const signed = value => (value < -0.005 ? "−" : "+") + Math.abs(value).toFixed(2);

  /* The digits and the learned kernels of the data file. */
  const { digits, learned } = demoData.convolution;
  const images = digits.map(({ pixels }) => Array.from(atob(pixels), c => c.charCodeAt(0) / 255));
  const PRESETS = {
    "vertical edge": { w: [-1, 0, 1, -2, 0, 2, -1, 0, 1] },
    "horizontal edge": { w: [-1, -2, -1, 0, 0, 0, 1, 2, 1] },
    blur: { w: null },
    sharpen: { w: [0, -1, 0, -1, 5, -1, 0, -1, 0] },
    identity: { w: [0, 0, 0, 0, 1, 0, 0, 0, 0] },
    ...Object.fromEntries(learned.map((kernel, i) => [`learned by LeNet-5 (${"ab"[i]})`, kernel])),
  };

  /* Gray for a pixel from 0 to 1: ink is dark. */
  const gray = v => [1, 1, 1].map(() => Math.round(255 * (1 - v)));

  /* White for 0, red for +1, blue for −1, as in the chapter's figure. */
  const redBlue = t => (t < 0 ? [33, 102, 172] : [178, 24, 43])
    .map(end => Math.round(255 + (end - 255) * Math.min(1, Math.abs(t))));

  const css = rgb => `rgb(${rgb.join(" ")})`;

  /* Black or white, whichever is easier to read on a color. */
  const inkOn = rgb => {
    const [r, g, b] = rgb.map(v => (v / 255 <= 0.04 ? v / 3295 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  };

  /* Paint a picture of m×m cells; colorOf(i, j) is null for a cell that is not known yet. */
  const paint = (canvas, m, colorOf) => {
    canvas.width = canvas.height = m * CELL;
    const context = canvas.getContext("2d");
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        const color = colorOf(i, j);
        context.fillStyle = color ? css(color) : "#d4d4d4";
        context.fillRect(j * CELL, i * CELL, CELL, CELL);
        context.fillStyle = "#767676";
        if (!color) context.fillRect((j + 0.5) * CELL - 1.5, (i + 0.5) * CELL - 1.5, 3, 3);
      }
    }
    return context;
  };

  /* A frame around a square of cells, seen on any color: orange with a white rim. */
  const frame = (context, row, column, size) => {
    for (const [color, width] of [["#fff", 7], ["#c85200", 3.5]]) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.strokeRect(column * CELL - 2, row * CELL - 2, size * CELL + 4, size * CELL + 4);
    }
  };

  /* A choice with a visible label. */
  const choice = (label, options, onchange) => {
    const select = element("select", { onchange }, ...options.map(o => element("option", { value: o }, o)));
    return [select, element("label", {}, label, select)];
  };

  demo("convolution", place => {
    const state = { digit: 0, k: 3, w: [], b: 0, s: 1, p: 0, i: 5, j: 8, cell: [2, 4], seen: [], pooling: false };
    let m, y, limit, pooled;

    /* Compute the whole map; what is shown of it is another matter. */
    const compute = () => {
      m = outputSize(N, state.k, state.p, state.s);
      y = convolve(images[state.digit], N, state.w, state.k, state.b, state.p, state.s);
      limit = Math.max(...y.map(Math.abs)) || 1;
      pooled = pool(y, m);
    };

    /* Another kernel size, stride or padding: the window stays where it is, and a full map stays full. */
    const setGeometry = change => {
      const row = state.s * state.i - state.p, column = state.s * state.j - state.p;
      const full = state.seen.length > 0 && state.seen.every(Boolean);
      Object.assign(state, change);
      compute();
      state.seen = new Array(m * m).fill(full);
      moveTo(Math.round((row + state.p) / state.s), Math.round((column + state.p) / state.s));
    };

    /* Move the window to the map's cell (i, j), over all cells in between if it is being slid. */
    const moveTo = (i, j, slid = false) => {
      const [from, to] = [[state.i, state.j], [fit(i, m - 1), fit(j, m - 1)]];
      const steps = slid ? Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) : 0;
      for (let step = 0; step <= steps; step++) {
        const [r, c] = steps ? [0, 1].map(a => Math.round(from[a] + (to[a] - from[a]) * step / steps)) : to;
        state.seen[r * m + c] = true;
      }
      [state.i, state.j] = to;
      state.cell = to.map(at => fit(Math.floor(at / 2), Math.floor(m / 2) - 1));
      render();
    };

    /* The kernel changes its numbers, and perhaps its size. */
    const setKernel = (w, k, b) => {
      Object.assign(state, { w, b });
      if (k === state.k && state.seen.length) { compute(); render(); } else setGeometry({ k });
      writeKernel();
    };

    /* The numbers of a preset in the size that is chosen; what LeNet-5 learned is always 5×5. */
    const usePreset = k => {
      const { w, b = 0 } = PRESETS[kernelSelect.value] || { w: resize(state.w, state.k, k), b: state.b };
      if (w === null) setKernel(new Array(k * k).fill(1 / (k * k)), k, 0);
      else if (w.length === 25) setKernel([...w], 5, b);
      else setKernel(resize(w, 3, k), k, b);
    };

    /* The cell of an m×m picture under a pointer. */
    const cellUnder = (event, size) => {
      const box = event.currentTarget.getBoundingClientRect();
      return [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width]
        .map(part => fit(Math.floor(part * size), size - 1));
    };

    /* Put the middle of the window under the pointer. */
    const point = (event, slid) => {
      const [i, j] = cellUnder(event, N + 2 * state.p)
        .map(at => Math.round((at - (state.k - 1) / 2) / state.s));
      moveTo(i, j, slid);
    };

    /* Arrow keys, Home, End, Page Up and Page Down move by one cell or to an end. */
    const keys = (at, last, go) => event => {
      const to = {
        ArrowUp: [at()[0] - 1, at()[1]], ArrowDown: [at()[0] + 1, at()[1]],
        ArrowLeft: [at()[0], at()[1] - 1], ArrowRight: [at()[0], at()[1] + 1],
        Home: [at()[0], 0], End: [at()[0], last()], PageUp: [0, at()[1]], PageDown: [last(), at()[1]],
      }[event.key];
      if (!to || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      go(...to.map(t => fit(t, last())));
    };

    const moveKeys = keys(() => [state.i, state.j], () => m - 1, (i, j) => moveTo(i, j, true));
    const digitCanvas = element("canvas", {
      tabindex: 0, role: "application", class: "conv-slide", onkeydown: moveKeys,
      onpointerdown: event => { digitCanvas.setPointerCapture(event.pointerId); point(event, false); },
      onpointermove: event => { if (event.buttons) point(event, true); },
    });
    const mapCanvas = element("canvas", { role: "img", onclick: event => moveTo(...cellUnder(event, m)) });
    const choosePooled = (i, j) => { state.cell = [i, j]; render(); };
    const poolCanvas = element("canvas", {
      tabindex: 0, role: "application",
      onpointermove: event => choosePooled(...cellUnder(event, Math.floor(m / 2))),
      onclick: event => choosePooled(...cellUnder(event, Math.floor(m / 2))),
      onkeydown: keys(() => state.cell, () => Math.floor(m / 2) - 1, choosePooled),
    });
    const picture = (canvas, caption) => element("div", { class: "conv-picture" }, caption, canvas);
    const [digitName, mapName, poolName] = [0, 1, 2].map(() => element("p"));
    const poolPicture = picture(poolCanvas, poolName);

    const [digitSelect, digitLabel] = choice("Digit", digits.map(d => d.label),
      () => { state.digit = digitSelect.selectedIndex; compute(); render(); });
    const [kernelSelect, kernelLabel] = choice("Kernel", [...Object.keys(PRESETS), "your own"],
      () => usePreset(state.k));
    const [sizeSelect, sizeLabel] = choice("Size k", ["3×3", "5×5"], () => {
      if ((PRESETS[kernelSelect.value]?.w ?? []).length === 25) kernelSelect.value = "your own";
      usePreset(sizeSelect.selectedIndex ? 5 : 3);
    });
    const [strideSelect, strideLabel] = choice("Stride s", [1, 2], () => setGeometry({ s: +strideSelect.value }));
    const [paddingSelect, paddingLabel] = choice("Padding p", [0, 2], () => setGeometry({ p: +paddingSelect.value }));
    const poolBox = element("input", {
      type: "checkbox", onchange: () => { state.pooling = poolBox.checked; render(); },
    });
    const fillMap = known => () => {
      state.seen.fill(known);
      state.seen[state.i * m + state.j] = true;
      render();
    };

    /* An input for one number of the kernel; it is read when it is a number, and left with one. */
    const numberInput = (label, value, write) => {
      let last = +value.toFixed(3);
      const input = element("input", {
        type: "number", step: "any", min: -99, max: 99, "aria-label": label, value: last,
        onchange: () => { input.value = last; },
        oninput: () => {
          if (!Number.isFinite(input.valueAsNumber)) return;
          last = Math.max(-99, Math.min(99, input.valueAsNumber));
          write(last);
          kernelSelect.value = "your own";
          compute();
          render();
        },
      });
      return input;
    };

    /* Fresh inputs for the kernel and its bias. */
    const writeKernel = () => {
      sizeSelect.selectedIndex = state.k === 5 ? 1 : 0;
      kernelGrid.style.setProperty("--k", state.k);
      kernelGrid.replaceChildren(...state.w.map((value, c) =>
        numberInput(`weight ${Math.floor(c / state.k)}, ${c % state.k}`, value, v => { state.w[c] = v; })));
      biasCell.replaceChildren(numberInput("bias", state.b, v => { state.b = v; }));
    };

    const [pixelGrid, kernelGrid, productGrid] = [0, 1, 2].map(() => element("div", { class: "conv-grid" }));
    const biasCell = element("span"), [size, legend] = [0, 1].map(() => element("p"));
    const sum = element("p", { class: "conv-sum" });
    const poolSum = element("p", { class: "conv-pooled" });
    const say = voice(place);

    /* A grid of numbers, each on its color; read out as one list. */
    const writeGrid = (grid, name, values, text, color) => {
      grid.style.setProperty("--k", state.k);
      grid.setAttribute("role", "img");
      grid.setAttribute("aria-label", `${name}, row by row: ${values.map(text).join(", ")}`);
      grid.replaceChildren(...values.map(v =>
        element("span", { style: `background:${css(color(v))};color:${inkOn(color(v))}` }, text(v))));
    };

    /* Show everything that the state says. */
    const render = () => {
      const { digit, k, w, b, s, p, i, j, seen, pooling, cell } = state;
      const x = images[digit], wide = N + 2 * p, half = Math.floor(m / 2), known = seen.filter(Boolean).length;
      const here = `row ${i}, column ${j}`;
      frame(paint(digitCanvas, wide, (r, c) => {
        const rim = r < p || c < p || r >= N + p || c >= N + p;
        return rim ? [214, 226, 236] : gray(x[(r - p) * N + c - p]);
      }), s * i, s * j, k);
      const context = paint(mapCanvas, m, (r, c) => (seen[r * m + c] ? redBlue(y[r * m + c] / limit) : null));
      if (pooling) frame(context, 2 * cell[0], 2 * cell[1], 2);
      else frame(context, i, j, 1);

      const under = windowAt(x, N, k, p, s, i, j), products = under.map((v, c) => w[c] * v);
      const total = products.reduce((a, v) => a + v, 0), top = Math.max(...products.map(Math.abs)) || 1;
      writeGrid(pixelGrid, "Pixels under the window", under, v => v.toFixed(2), gray);
      writeGrid(productGrid, "Products", products, signed, v => redBlue(v / top));
      sum.textContent = `The ${k * k} products add up to ${signed(total)}. With the bias ${signed(b)} that is `
        + `y = ${signed(y[i * m + j])}, the map’s number at ${here}.`;
      digitName.textContent = `The digit, ${N}×${N}${p ? `, with a rim of ${p} zeros` : ""}`;
      mapName.textContent = `Feature map, ${m}×${m}`;
      size.textContent = `n′ = ⌊(${N} + 2·${p} − ${k}) / ${s}⌋ + 1 = ${m}. Computed so far: ${known} of `
        + `${m * m} numbers.`;
      legend.textContent = `Red is positive, up to +${limit.toFixed(2)}; blue is negative, down to `
        + `−${limit.toFixed(2)}; white is zero. `
        + "A gray cell with a dot is not computed yet. Numbers are rounded.";
      digitCanvas.setAttribute("aria-label", `The digit ${digits[digit].label} with the window at ${here}. `
        + "The arrow keys move it.");
      mapCanvas.setAttribute("aria-label", `Feature map of ${m} by ${m} numbers, ${known} of them computed, `
        + `from ${signed(Math.min(...y))} to ${signed(Math.max(...y))}.`);

      poolPicture.hidden = poolSum.hidden = !pooling;
      if (pooling) {
        const four = poolCells(m, ...cell), ready = c => c.every(at => seen[at]);
        frame(paint(poolCanvas, half, (r, c) =>
          (ready(poolCells(m, r, c)) ? redBlue(pooled[r * half + c] / limit) : null)), ...cell, 1);
        const winner = four.reduce((a, at) => (y[at] > y[a] ? at : a));
        if (ready(four)) {
          context.fillStyle = inkOn(redBlue(y[winner] / limit));
          context.beginPath();
          context.arc((winner % m + 0.5) * CELL, (Math.floor(winner / m) + 0.5) * CELL, 4, 0, 7);
          context.fill();
        }
        poolName.textContent = `After max-pooling, ${half}×${half}`;
        poolSum.textContent = `Pooled row ${cell[0]}, column ${cell[1]}: ` + (ready(four)
          ? `the largest of ${four.map(at => signed(y[at])).join(", ")} is ${signed(y[winner])}.`
          : "the map does not have all four numbers yet.")
          + (m % 2 ? ` The map’s last row and column are left over, since ${m} is odd.` : "");
        poolCanvas.setAttribute("aria-label", `Pooled map of ${half} by ${half}. Arrow keys choose a cell.`);
      }
      say(sum.textContent + (pooling ? ` ${poolSum.textContent}` : ""));
    };

    const step = (sign, name, part) => element("div", { class: "conv-part" },
      element("span", { "aria-hidden": "true" }, sign), element("div", {}, element("p", {}, name), part));
    place.append(
      element("div", { class: "demo-controls" }, digitLabel, kernelLabel, sizeLabel, strideLabel, paddingLabel,
        element("label", {}, poolBox, "max-pooling 2×2")),
      element("div", { class: "conv-pictures" }, picture(digitCanvas, digitName), picture(mapCanvas, mapName),
        poolPicture),
      element("div", { class: "demo-controls" },
        element("button", { type: "button", onclick: fillMap(true) }, "Fill the map"),
        element("button", { type: "button", onclick: fillMap(false) }, "Empty the map")),
      element("div", { class: "conv-parts" }, step("", "pixels", pixelGrid), step("×", "kernel w", kernelGrid),
        step("=", "products", productGrid), step("+", "bias b", biasCell)),
      sum, poolSum, size, legend,
      element("p", { class: "demo-print" }, "On the book’s site this place is live: a kernel slides over a digit, "
        + "the sum under the window is written out, and the feature map grows."),
    );
    usePreset(3);
  });
})();
