// Elements. Text becomes text nodes only: nothing here or elsewhere makes HTML from a string.

export const byId = (id) => document.getElementById(id);

// el("a", {href: "#", class: "x"}, "text", child): attributes by name; a function is a listener.
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// What may be a mistake in a request, as the server says it.
export function showHints(place, hints) {
  place.hidden = !hints?.length;
  place.replaceChildren(...(hints ?? []).map((hint) => el("p", {}, hint)));
}

export const number = new Intl.NumberFormat("en");
export const counted = (count, one, many = one + "s") =>
  `${number.format(count)} ${count === 1 ? one : many}`;
export const milliseconds = (value) =>
  value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const bytes = (value) => {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  for (; value >= 1024 && at < units.length - 1; ++at) value /= 1024;
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`;
};
