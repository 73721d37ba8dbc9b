/* Five optimizers from one start on one landscape. The rules are the chapter's, number by number.
   The paths come from window.demoOptimizers; a test holds them against torch.optim. */
"use strict";

(() => {
  // Each rule moves one coordinate w with its gradient g; s is what that coordinate remembers.
  const RULES = {
    SGD: (w, g, s, lr) => w - lr * g,
    momentum: (w, g, s, lr, mu = 0.9) => {
      s.v = mu * (s.v ?? 0) + g;
      return w - lr * s.v;
    },
    Adagrad: (w, g, s, lr, eps = 1e-10) => {
      s.r = (s.r ?? 0) + g ** 2;
      return w - lr * g / (Math.sqrt(s.r) + eps);
    },
    RMSprop: (w, g, s, lr, alpha = 0.99, eps = 1e-8) => {
      s.r = alpha * (s.r ?? 0) + (1 - alpha) * g ** 2;
      return w - lr * g / (Math.sqrt(s.r) + eps);
    },
    Adam: (w, g, s, lr, b1 = 0.9, b2 = 0.999, eps = 1e-8) => {
      s.t = (s.t ?? 0) + 1;
      s.m = b1 * (s.m ?? 0) + (1 - b1) * g;
      s.r = b2 * (s.r ?? 0) + (1 - b2) * g ** 2;
      return w - lr * (s.m / (1 - b1 ** s.t)) / (Math.sqrt(s.r / (1 - b2 ** s.t)) + eps);
    },
  };

  // f, its gradient, its minima, the start, the heights of the lines, and each optimizer's
  // rate at first: of RATES, the one that is near a minimum soonest from that start, to stay.
  const along = ([x, y]) => 0.8 * x + 0.6 * y;
  const across = ([x, y]) => 0.8 * y - 0.6 * x;
  const valley = [0.3, 1, 3, 10, 30, 60];
  const SURFACES = {
    valley: {
      title: "a valley along an axis",
      formula: "f(w) = ½ (w₁² + 25 w₂²)",
      f: ([x, y]) => 0.5 * (x ** 2 + 25 * y ** 2),
      gradient: ([x, y]) => [x, 25 * y],
      minima: [[0, 0]], start: [-4, 1.5], levels: valley,
      rates: {SGD: 0.075, momentum: 0.01, Adagrad: 1, RMSprop: 0.1, Adam: 0.1},
    },
    slanted: {
      title: "the same valley, slanted",
      formula: "f(w) = ½ (u² + 25 v²) with u = 0.8 w₁ + 0.6 w₂ and v = 0.8 w₂ − 0.6 w₁",
      f: w => 0.5 * (along(w) ** 2 + 25 * across(w) ** 2),
      gradient: w => [0.8 * along(w) - 15 * across(w), 0.6 * along(w) + 20 * across(w)],
      minima: [[0, 0]], start: [-3, -1], levels: valley,
      rates: {SGD: 0.075, momentum: 0.01, Adagrad: 1, RMSprop: 0.05, Adam: 0.5},
    },
    saddle: {
      title: "a saddle between two minima",
      formula: "f(w) = (w₁² − 9)² / 36 + 5/2 w₂²",
      f: ([x, y]) => (x ** 2 - 9) ** 2 / 36 + 2.5 * y ** 2,
      gradient: ([x, y]) => [x * (x ** 2 - 9) / 9, 5 * y],
      minima: [[-3, 0], [3, 0]], start: [-0.1, 1.5], levels: [0.1, 0.5, 1, 2.25, 4, 7, 12],
      rates: {SGD: 0.3, momentum: 0.1, Adagrad: 1, RMSprop: 0.075, Adam: 0.5},
    },
  };
  const RATES = [0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 1];

  // All places of one optimizer, from the start to so many steps on.
  const path = (name, surface, start, rate, steps) => {
    const [places, memory] = [[start], [{}, {}]];
    for (let t = 0; t < steps; t++) {
      const w = places.at(-1);
      const g = SURFACES[surface].gradient(w);
      places.push(w.map((v, i) => RULES[name](v, g[i], memory[i], rate)));
    }
    return places;
  };

  // How far a place is from the nearest minimum.
  const distance = (surface, w) =>
    Math.min(...SURFACES[surface].minima.map(m => Math.hypot(w[0] - m[0], w[1] - m[1])));

  // The first step from which a path is near a minimum to its end, or -1.
  const NEAR = 0.1;
  const nearSince = (surface, places) => {
    const last = places.findLastIndex(w => !(distance(surface, w) < NEAR));
    return last + 1 < places.length ? last + 1 : -1;
  };

  const f = (surface, w) => SURFACES[surface].f(w);
  const rates = surface => ({...SURFACES[surface].rates});
  window.demoOptimizers = {path, distance, nearSince, f, rates, RATES};

  // The line where f has the height level, as a path of short pieces: one or two in each small square.
  const contour = (surface, level, toScreen) => {
    const [size, pieces] = [0.1, []];
    const f = SURFACES[surface].f;
    for (let x = -5; x < 5 - size / 2; x += size) {
      for (let y = -2.5; y < 2.5 - size / 2; y += size) {
        const corners = [[x, y], [x + size, y], [x + size, y + size], [x, y + size]];
        const heights = corners.map(c => f(c) - level);
        const cuts = [];
        for (let i = 0; i < 4; i++) {
          const [a, b] = [heights[i], heights[(i + 1) % 4]];
          if (a < 0 === b < 0) continue;
          const [from, to] = [corners[i], corners[(i + 1) % 4]];
          cuts.push(toScreen(from.map((v, k) => v + (to[k] - v) * a / (a - b))));
        }
        for (let i = 0; i + 1 < cuts.length; i += 2) pieces.push(`M${cuts[i]}L${cuts[i + 1]}`);
      }
    }
    return pieces.join("");
  };

  // The outline of an optimizer's mark, so that paths differ without color, too.
  const MARKS = {
    SGD: (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    momentum: (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0z`,
    Adagrad: (x, y, r) => `M${x},${y - 1.2 * r}l${1.2 * r},${2.2 * r}h${-2.4 * r}z`,
    RMSprop: (x, y, r) => `M${x},${y + 1.2 * r}l${1.2 * r},${-2.2 * r}h${-2.4 * r}z`,
    Adam: (x, y, r) => `M${x},${y - 1.4 * r}l${1.4 * r},${1.4 * r}l${-1.4 * r},${1.4 * r}l${-1.4 * r},${-1.4 * r}z`,
  };

  const ran = w => !(Math.hypot(...w) < 1000);
  const number = value => value.toFixed(2).replace("-", "−");
  const point = w => `(${w.map(number).join(", ")})`;
  const small = value => (value < 0.001 ? "less than 0.001" : value.toFixed(3));
  const MOST = 500;

  demo("optimizers", place => {
    const names = Object.keys(RULES);
    const state = {surface: "valley", start: SURFACES.valley.start, rates: rates("valley"), steps: 0, hidden: new Set()};
    let width = 0, lines, running = 0;

    // One racer's numbers after the steps that were done.
    const standing = name => {
      const places = path(name, state.surface, state.start, state.rates[name], state.steps);
      return {places, arrived: nearSince(state.surface, places), w: places.at(-1), away: ran(places.at(-1))};
    };

    const toScreen = ([x, y]) => [(x + 5) * width / 10, (2.5 - y) * width / 10].map(v => Math.round(v * 10) / 10);

    // The landscape with all paths.
    const draw = now => {
      const svg = element("svg", {viewBox: `0 0 ${width} ${width / 2}`, width, height: width / 2, role: "img"});
      svg.append(lines);
      for (const m of SURFACES[state.surface].minima) {
        const [x, y] = toScreen(m);
        svg.append(element("path", {class: "minimum", d: `M${x - 6},${y - 6}l12,12m0,-12l-12,12`}));
      }
      const [x, y] = toScreen(state.start);
      svg.append(element("circle", {class: "start", cx: x, cy: y, r: 9}));
      for (const name of names) {
        if (state.hidden.has(name)) continue;
        const points = now[name].places.map(w => toScreen(w.map(v => Math.max(-50, Math.min(50, v || 0)))));
        const group = element("g", {class: `racer ${name}`});
        group.append(element("polyline", {points: points.join(" ")}));
        const seen = points.filter((_, i) => i < 20 || i % 10 === 0).map(p => MARKS[name](...p, width < 480 ? 1.5 : 2.5));
        group.append(element("path", {d: seen.join("")}));
        group.append(element("path", {class: "last", d: MARKS[name](...points.at(-1), width < 480 ? 4 : 5)}));
        svg.append(group);
      }
      svg.setAttribute("aria-label", words.textContent);
      return svg;
    };

    // The sentence that says what the drawing shows.
    const tell = now => {
      const shown = names.filter(name => !state.hidden.has(name));
      const away = shown.filter(name => now[name].away);
      const order = shown.filter(name => !now[name].away)
        .map(name => [distance(state.surface, now[name].w), name]).sort(([a], [b]) => a - b);
      const [best] = order;
      let text = `After ${state.steps} step${state.steps === 1 ? "" : "s"} from ${point(state.start)}: `;
      if (!best) return text + (shown.length ? "all have run away." : "none is shown.");
      if (!state.steps) return `Nobody has moved. All start at ${point(state.start)}, ${best[0].toFixed(2)} from the nearest minimum.`;
      text += `${best[1]} is nearest to a minimum, ${small(best[0])} away`;
      if (order.length > 1) text += `, and ${order.at(-1)[1]} farthest, ${small(order.at(-1)[0])} away`;
      return text + (away.length ? `. Run away: ${away.join(", ")}.` : ".");
    };

    // Show where all are: drawing, sentence, table.
    const show = () => {
      const now = Object.fromEntries(names.map(name => [name, standing(name)]));
      words.replaceChildren(tell(now));
      say(words.textContent);
      if (width) frame.replaceChildren(draw(now));
      for (const name of names) {
        const {w, away, arrived} = now[name];
        const texts = away ? ["ran away", "ran away", "—"]
          : [f(state.surface, w).toFixed(3), distance(state.surface, w).toFixed(3), arrived < 0 ? "—" : arrived];
        cells[name].forEach((cell, i) => cell.replaceChildren(String(texts[i])));
      }
      sliders.forEach((slider, i) => {
        slider.value = state.start[i];
        slider.nextElementSibling.replaceChildren(number(state.start[i]));
      });
      formula.replaceChildren(`The lines are heights of ${SURFACES[state.surface].formula}.`);
      runButton.replaceChildren(running ? "Pause" : "Run 100 steps");
    };

    const stop = () => { clearInterval(running); running = 0; };
    const restart = () => { stop(); state.steps = 0; show(); };
    const step = () => { state.steps = Math.min(MOST, state.steps + 1); show(); };
    const startAt = w => { state.start = w; restart(); };

    // A hundred steps more, one after the other, or at once where less motion is asked for.
    const runOn = () => {
      const goal = Math.min(MOST, state.steps + 100);
      if (running) stop();
      else if (lessMotion()) state.steps = goal;
      else running = setInterval(() => { if (state.steps >= goal - 1) stop(); step(); }, 40);
      show();
    };

    // Another landscape, with its own start and rates.
    const choose = surface => {
      Object.assign(state, {surface, start: SURFACES[surface].start, rates: rates(surface)});
      for (const name of names) selects[name].value = state.rates[name];
      redrawLines();
      restart();
    };
    const redrawLines = () => {
      const {levels} = SURFACES[state.surface];
      lines = element("path", {class: "contour", d: levels.map(h => contour(state.surface, h, toScreen)).join("")});
    };

    const frame = element("div", {class: "demo-drawing", onclick: event => {
      const box = frame.getBoundingClientRect();
      const w = [(event.clientX - box.left) * 10 / width - 5, 2.5 - (event.clientY - box.top) * 10 / width];
      startAt(w.map(v => Math.round(v * 20) / 20));
    }});
    const words = element("p", {class: "demo-words"});
    const formula = element("p", {class: "demo-note"});
    const [cells, selects] = [{}, {}];
    const rows = names.map(name => {
      const toggle = event => { state.hidden[event.target.checked ? "delete" : "add"](name); show(); };
      const swatch = element("svg", {viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true"},
        element("g", {class: `racer ${name}`}, element("polyline", {points: "0,6 32,6"}),
          element("path", {class: "last", d: MARKS[name](16, 6, 4)})));
      const box = element("input", {type: "checkbox", checked: true, onchange: toggle});
      const options = RATES.map(rate => element("option", {value: rate, selected: rate === state.rates[name]}, String(rate)));
      selects[name] = element("select", {"aria-label": `learning rate of ${name}`,
        onchange: event => { state.rates[name] = Number(event.target.value); show(); }}, ...options);
      cells[name] = ["td", "td", "td"].map(tag => element(tag));
      return element("tr", {}, element("th", {scope: "row"}, element("label", {}, box, swatch, name)),
        element("td", {}, selects[name]), ...cells[name]);
    });
    const heads = ["optimizer", "rate η", "loss f", "distance", "near since step"];
    const table = element("table", {},
      element("thead", {}, element("tr", {}, ...heads.map(text => element("th", {scope: "col"}, text)))),
      element("tbody", {}, ...rows));
    const surface = element("select", {onchange: event => choose(event.target.value)},
      ...Object.entries(SURFACES).map(([value, {title}]) => element("option", {value}, title)));
    const sliders = [5, 2.5].map((end, i) => element("input", {type: "range", min: -end, max: end, step: 0.05,
      oninput: event => startAt(state.start.with(i, Number(event.target.value)))}));
    const button = (text, act) => element("button", {type: "button", onclick: act}, text);
    const runButton = button("Run 100 steps", runOn);
    place.append(
      element("p", {class: "demo-controls"}, element("label", {}, "landscape ", surface)),
      element("p", {class: "demo-controls"},
        ...sliders.map((slider, i) => element("label", {}, `start w${"₁₂"[i]} `, slider, element("output")))),
      element("p", {class: "demo-controls"}, runButton, button("One step", () => { stop(); step(); }),
        button("Start anew", restart)),
      frame, formula, words, element("div", {class: "demo-table"}, table),
      element("p", {class: "demo-note"}, `Near means closer to a minimum than ${NEAR}. The cross is a minimum, the ring the start. `
        + "The rates at first are those of the list that get near soonest, to stay."),
      element("p", {class: "demo-print"}, "On the book’s site this place is live: five optimizers race from a start that "
        + "the reader picks, on three landscapes and at rates that the reader sets."),
    );
    const say = voice(place);
    show();
    toMeasure(frame, measured => { width = measured; redrawLines(); show(); });
  });
})();
