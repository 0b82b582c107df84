// Small charts as SVG. Each has its figures as text for those who do not see it.
import { el, svg } from "./dom.js";

const width = 480;
const height = 200;
const left = 40;
const bottom = 28;

function niceTop(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  for (const step of [1, 2, 4, 6, 8, 10]) if (step * power >= most) return step * power;
  return most;
}

// Upright bars. `bars`: [{label, value}]; labels stand under a few of them.
export function columns(place, bars, what) {
  const top = niceTop(Math.max(...bars.map((bar) => bar.value), 1));
  const plot = { w: width - left - 8, h: height - bottom - 10 };
  const step = plot.w / Math.max(bars.length, 1);
  const y = (value) => 10 + plot.h * (1 - value / top);
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": what(bars) });
  for (const share of [0, 0.5, 1]) {
    if (top === 1 && share === 0.5) continue;
    root.append(svg("line", { class: "grid", x1: left, x2: width - 8, y1: y(top * share), y2: y(top * share) }),
      svg("text", { class: "axis", x: left - 6, y: y(top * share) + 4, "text-anchor": "end" }, String(top * share)));
  }
  const every = Math.max(1, Math.ceil(bars.length / 5));
  bars.forEach((bar, at) => {
    const w = Math.min(step * 0.8, 60);
    const x = left + step * at + (step - w) / 2;
    root.append(svg("rect", { class: "bar-fill", x, width: w, y: y(bar.value), height: Math.max(0, y(0) - y(bar.value)), rx: 2 },
      svg("title", {}, `${bar.label}: ${bar.value}`)));
    if (at % every === 0)
      root.append(svg("text", { class: "axis", x: x + w / 2, y: height - 8, "text-anchor": "middle" }, bar.short ?? bar.label));
  });
  place.replaceChildren(root);
}

// Lying bars: [{label, value, text}].
export function rows(place, bars) {
  const most = Math.max(...bars.map((bar) => bar.value), 1e-9);
  const list = el("ul", { class: "rows" });
  for (const bar of bars) {
    const fill = el("span", { class: "row-fill" });
    fill.style.width = `${Math.max(0.5, (bar.value / most) * 100)}%`;
    list.append(el("li", {}, el("span", { class: "row-name" }, bar.label), el("span", { class: "row-track", "aria-hidden": "true" }, fill),
      el("span", { class: "row-value" }, bar.text)));
  }
  place.replaceChildren(list);
}

// Points {x, y}; each axis is stretched to what they fill. One point takes the focus at a time; arrow keys go to the nearest that way.
export function map(place, points, name, choose) {
  const side = 400;
  const margin = 16;
  const scale = (values, length) => {
    const least = Math.min(...values);
    const span = Math.max(...values) - least;
    return (value) => (span > 0 ? margin + ((value - least) / span) * (length - 2 * margin) : length / 2);
  };
  const x = scale(points.map((point) => point.x), side * 2);
  const y = scale(points.map((point) => -point.y), side);
  const root = svg("svg", { viewBox: `0 0 ${side * 2} ${side}`, class: "map", role: "group",
    "aria-label": `${points.length} passages; arrow keys move, Enter opens` });
  const dots = points.map((point, index) => {
    const dot = svg("circle", { class: `dot hue-${point.hue % 6}`, cx: x(point.x), cy: y(-point.y), r: points.length > 200 ? 5 : 7,
      tabindex: index === 0 ? 0 : -1, role: "button", "aria-label": name(point),
      focus: () => place.dispatchEvent(new CustomEvent("point", { detail: point })),
      mouseenter: () => place.dispatchEvent(new CustomEvent("point", { detail: point })),
      click: () => choose(point) }, svg("title", {}, name(point)));
    return dot;
  });
  root.append(svg("line", { class: "grid", x1: x(0), x2: x(0), y1: 8, y2: side - 8 }),
    svg("line", { class: "grid", x1: 8, x2: side * 2 - 8, y1: y(0), y2: y(0) }), ...dots);
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  root.addEventListener("keydown", (event) => {
    const from = dots.indexOf(document.activeElement);
    if (from < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(points[from]);
      return;
    }
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    let best = -1;
    let least = Infinity;
    points.forEach((point, index) => {
      const dx = point.x - points[from].x;
      const dy = point.y - points[from].y;
      const along = dx * way[0] + dy * way[1];
      if (index === from || along <= 0) return;
      const cost = along + 2 * Math.abs(dx * way[1] + dy * way[0]);
      if (cost < least) [least, best] = [cost, index];
    });
    if (best < 0) return;
    dots[from].setAttribute("tabindex", "-1");
    dots[best].setAttribute("tabindex", "0");
    dots[best].focus();
  });
  place.replaceChildren(root);
}
