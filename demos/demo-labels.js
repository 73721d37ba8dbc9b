/* What accuracy so many labels buy, by each way of training: the chapter's measured table, read anywhere.
   The numbers come from window.demoLabels; a test holds them against the notebook's stored outputs. */
"use strict";

(() => {
  const {tasks, budgets, seeds} = demoData.labels;

  // Where n lies between two budgets: the lower one's place, and how far on the axis of log n.
  const between = n => {
    const above = budgets.findIndex(budget => budget >= n);
    const i = Math.max(1, above < 0 ? budgets.length - 1 : above);
    return [i - 1, Math.log(n / budgets[i - 1]) / Math.log(budgets[i] / budgets[i - 1])];
  };

  // Mean and spread at n labels a class, in percent: a straight line over log n between two budgets.
  const expected = (task, arm, n) => {
    const [i, t] = between(n);
    const read = values => values[i] + t * (values[i + 1] - values[i]);
    const {mean, spread} = tasks[task].arms[arm];
    return {mean: read(mean), spread: read(spread)};
  };

  // The budget at which from scratch has that mean; 0 below its first budget and Infinity beyond its last.
  const needed = (task, mean) => {
    const curve = tasks[task].arms["from scratch"].mean;
    if (mean < curve[0]) return 0;
    const i = curve.findIndex((value, k) => k > 0 && mean <= value);
    if (i < 0) return Infinity;
    const t = (mean - curve[i - 1]) / (curve[i] - curve[i - 1]);
    return Math.exp(Math.log(budgets[i - 1]) + t * Math.log(budgets[i] / budgets[i - 1]));
  };

  // The way with the highest mean, and those that lie behind by less than the two spreads together.
  const best = (task, n) => {
    const all = Object.keys(tasks[task].arms).map(arm => ({arm, ...expected(task, arm, n)}));
    const first = all.reduce((a, b) => (b.mean > a.mean ? b : a));
    // Tenths of a percent are compared, and 98.1 - 97.3 is a little less than 0.8 for a computer.
    const close = all.filter(one => one !== first && first.mean - one.mean < first.spread + one.spread - 1e-9);
    return {first, close: close.map(one => one.arm)};
  };

  window.demoLabels = {expected, needed, best};

  // The slider's stops: about evenly spread over log n, whole numbers, the budgets among them.
  const STOPS = [5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24, 28, 33, 40, 48, 57, 70, 84, 100, 120, 140, 170, 200,
    240, 290, 350, 420, 500];
  const MARKS = {
    "from scratch": (x, y) => `M${x - 4},${y - 4}h8v8h-8z`,
    "new head": (x, y) => `M${x},${y + 5}l5,-9h-10z`,
    full: (x, y) => `M${x - 4},${y}a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z`,
    gradual: (x, y) => `M${x},${y - 5}l5,9h-10z`,
    LoRA: (x, y) => `M${x},${y - 6}l6,6l-6,6l-6,-6z`,
  };
  const kind = arm => `way ${arm.replace(" ", "-")}`;
  const percent = ({mean, spread}) => `${mean.toFixed(1)} ± ${spread.toFixed(1)}%`;
  const count = n => (n === 0 ? `fewer than ${budgets[0]}` : n === Infinity ? `more than ${budgets.at(-1)}` : `about ${Math.round(n)}`);

  // The chart of one task, with a line where the reader stands.
  const draw = (task, n, width) => {
    const [left, right, top, height] = [44, 14, 10, width < 480 ? 240 : 280];
    const bottom = height - 40;
    const arms = Object.entries(tasks[task].arms);
    const ends = arms.flatMap(([, {mean, spread}]) => mean.flatMap((m, i) => [m - spread[i], m + spread[i]]));
    const tick = Math.max(...ends) - Math.min(...ends) > 25 ? 10 : 5;
    const low = Math.floor(Math.min(...ends) / tick) * tick;
    const high = Math.min(100, Math.ceil(Math.max(...ends) / tick) * tick);
    const x = v => left + 8 + (width - left - right - 16) * Math.log(v / budgets[0]) / Math.log(budgets.at(-1) / budgets[0]);
    const y = v => bottom - (bottom - top) * (v - low) / (high - low);
    const svg = element("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img"});
    const text = (words, at) => svg.append(element("text", at, words));
    for (let v = low; v <= high; v += tick) {
      svg.append(element("line", {class: "grid", x1: left, x2: width - right, y1: y(v), y2: y(v)}));
      text(`${v}%`, {x: left - 6, y: y(v) + 4, "text-anchor": "end"});
    }
    for (const v of budgets) text(v, {x: x(v), y: bottom + 18, "text-anchor": "middle"});
    text("labels a class", {x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle"});
    svg.append(element("line", {class: "here", x1: x(n), x2: x(n), y1: top, y2: bottom}));
    arms.forEach(([arm, {mean, spread}]) => {
      const group = element("g", {class: kind(arm)});
      const bars = mean.map((m, i) => `M${x(budgets[i])},${y(m - spread[i])}V${y(m + spread[i])}`);
      group.append(element("polyline", {points: mean.map((m, i) => `${x(budgets[i])},${y(m)}`).join(" ")}));
      group.append(element("path", {class: "bars", d: bars.join("")}));
      group.append(element("path", {class: "marks", d: mean.map((m, i) => MARKS[arm](x(budgets[i]), y(m))).join("")}));
      svg.append(group, element("circle", {class: "here", cx: x(n), cy: y(expected(task, arm, n).mean), r: 4}));
    });
    const all = arms.map(([arm]) => `${arm} ${percent(expected(task, arm, n))}`).join(", ");
    svg.setAttribute("aria-label",
      `Accuracy against labels a class, five lines, ${tasks[task].title}. At ${n} labels a class: ${all}.`);
    return svg;
  };

  // What the chart and the table say about n labels a class, in sentences.
  const tell = (task, n) => {
    const {first, close} = best(task, n);
    const measured = budgets.includes(n) ? "measured" : "read between two measured budgets";
    let words = `With ${n} labels a class of ${tasks[task].title}, the best way is ${first.arm}: ${percent(first)} (${measured}).`;
    if (close.length) words += ` Within the spread of it: ${close.join(", ")}.`;
    if (first.arm !== "from scratch") {
      words += ` From scratch would need ${count(needed(task, first.mean))} labels a class for the same.`;
    }
    return words;
  };

  demo("labels", place => {
    const task = element("select", {onchange: () => show()},
      ...Object.entries(tasks).map(([value, {title}]) => element("option", {value}, `${value}: ${title}`)));
    const slider = element("input", {type: "range", min: 0, max: STOPS.length - 1, step: 1, value: 9, oninput: () => show()});
    const shown = element("output");
    const frame = element("div", {class: "demo-drawing"});
    const words = element("p", {class: "demo-words"});
    const arms = Object.keys(Object.values(tasks)[0].arms);
    const cells = {};
    const rows = arms.map(arm => {
      const swatch = element("svg", {viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true"},
        element("g", {class: kind(arm)}, element("polyline", {points: "0,6 32,6"}),
          element("path", {class: "marks", d: MARKS[arm](16, 6)})));
      cells[arm] = ["td", "td"].map(tag => element(tag));
      return element("tr", {}, element("th", {scope: "row"}, swatch, arm), ...cells[arm]);
    });
    const heads = ["way", "accuracy", "from scratch needs"];
    let width = 0;

    // Show the reader's budget: chart, sentence, table.
    const show = () => {
      const n = STOPS[slider.value];
      shown.replaceChildren(String(n));
      slider.setAttribute("aria-valuetext", `${n} labels a class`);
      words.replaceChildren(tell(task.value, n));
      say(words.textContent);
      if (width) frame.replaceChildren(draw(task.value, n, width));
      const {first} = best(task.value, n);
      for (const row of rows) row.classList.toggle("best", row === rows[arms.indexOf(first.arm)]);
      for (const arm of arms) {
        const value = expected(task.value, arm, n);
        cells[arm][0].replaceChildren(percent(value));
        cells[arm][1].replaceChildren(arm === "from scratch" ? "—" : count(needed(task.value, value.mean)));
      }
    };

    place.append(
      element("p", {class: "demo-controls"}, element("label", {}, "task ", task),
        element("label", {}, "labels a class ", slider, shown)),
      words, frame,
      element("div", {class: "demo-table"}, element("table", {},
        element("thead", {}, element("tr", {}, ...heads.map(text => element("th", {scope: "col"}, text)))),
        element("tbody", {}, ...rows))),
      element("p", {class: "demo-note"}, `Validation accuracy, mean ± standard deviation over ${seeds} seeds, `
        + `measured at ${budgets.slice(0, -1).join(", ")} and ${budgets.at(-1)} labels a class; between them a straight line over log n. `
        + "Within the spread: behind by less than the two spreads together. "
        + "The last column reads the line of from scratch sideways, in labels a class."),
      element("p", {class: "demo-print"}, "On the book’s site this place is live: for a budget that the reader sets, it "
        + "names the expected accuracy of each way, and the best way."),
    );
    const say = voice(place);
    show();
    toMeasure(frame, measured => { width = measured; show(); });
  });
})();
