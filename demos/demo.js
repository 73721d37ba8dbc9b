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

/* A voice for screen readers: say(text) is heard once the reader has paused for a second. */
const voice = place => {
  const region = element("p", {class: "visually-hidden", "aria-live": "polite"});
  let timer;
  place.append(region);
  return text => {
    clearTimeout(timer);
    timer = setTimeout(() => region.replaceChildren(text), 1000);
  };
};

/* Call draw(width) now and whenever the width of the frame changes: drawings are made to measure. */
const toMeasure = (frame, draw) => {
  let last = 0;
  new ResizeObserver(() => {
    const width = Math.floor(frame.clientWidth);
    if (width && width !== last) draw(last = width);
  }).observe(frame);
};
