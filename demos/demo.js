/* What the demos share. Each demo registers itself: demo("name", place => { … draw into place … }). */
"use strict";

const demo = (name, start) => {
  for (const place of document.querySelectorAll(`.demo[data-demo="${name}"]`)) {
    place.replaceChildren();
    place.classList.add("demo-on");
    start(place);
  }
};

/* An element with attributes and children: element("button", {type: "button"}, "Step"). */
const element = (tag, attributes = {}, ...children) => {
  const svg = ["svg", "g", "line", "circle", "path", "rect", "text", "polyline", "polygon"].includes(tag);
  const made = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
};

/* The reader asked for less motion: then show results without animating the way to them. */
const lessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
