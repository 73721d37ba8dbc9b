/* Paper is white, and nothing on it unfolds; Escape closes a citation's entry. */
"use strict";

(() => {
  const root = document.documentElement;
  let before = null;
  addEventListener("beforeprint", () => {
    before ??= { theme: root.dataset.theme, folds: document.querySelectorAll(".tag_solution details:not([open])") };
    root.dataset.theme = "light";
    before.folds.forEach(fold => { fold.open = true; });
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = before.theme;
    before.folds.forEach(fold => { fold.open = false; });
    before = null;
  });

  const shown = "a[data-citation]:is(:hover, :focus)";
  addEventListener("keydown", event => {
    if (event.key === "Escape") document.querySelectorAll(shown).forEach(link => link.classList.add("closed"));
  });
  /* It can be shown again when pointer and focus have left it. */
  for (const event of ["pointerover", "focusin"]) {
    addEventListener(event, () => {
      document.querySelectorAll(`a.closed:not(${shown})`).forEach(link => link.classList.remove("closed"));
    });
  }
})();
