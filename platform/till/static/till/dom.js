// Makes elements from data. Text is only ever text: nothing here reads HTML.

/** make("button", {class: "key", onclick: f, "aria-label": "…"}, "text", child, …) */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Likewise for SVG. */
export function makeSvg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const PATHS = {
  check: "M5 13l5 5L20 7",
  cross: "M6 6l12 12M18 6L6 18",
  wait: "M12 6v6l4 3M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 7.5v.5",
  warning: "M12 4L2 20h20L12 4zM12 10v4M12 17v.5",
  camera: "M3 8h4l2-3h6l2 3h4v11H3zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
};

/** A picture that says nothing: the words beside it do. */
export function icon(name) {
  const line = { fill: "none", stroke: "currentColor", "stroke-width": "2.5" };
  const shape = makeSvg("path", { d: PATHS[name], "stroke-linecap": "round", "stroke-linejoin": "round", ...line });
  return makeSvg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, shape);
}
