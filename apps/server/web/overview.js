// The collection in figures and charts.
import { get, of, text } from "./api.js";
import { columns, map, rows } from "./charts.js";
import { byId, bytes, counted, el, milliseconds, number } from "./dom.js";
import { openDocument } from "./reader.js";
import { state } from "./state.js";
import { stepName } from "./steps.js";

function figures(stats) {
  const all = [["Documents", number.format(stats.documents)], ["Passages", number.format(stats.chunks)],
    ["Word pieces", number.format(stats.tokens)],
    ["On disk", bytes(stats.disk_bytes)], ["Pipeline", stats.pipeline]];
  byId("figures").replaceChildren(...all.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function timeLine(overview) {
  const step = overview.step_milliseconds;
  const whole = { dateStyle: "medium", ...(step < 86400000 ? { timeStyle: step < 60000 ? "medium" : "short" } : {}) };
  const short = step < 60000 ? { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }
    : step < 86400000 ? { hour: "2-digit", minute: "2-digit", hour12: false } : { month: "short", day: "numeric" };
  const counts = new Map(overview.stored.map((each) => [each.milliseconds, each.documents]));
  const bars = [];
  if (overview.stored.length > 0)
    for (let at = overview.stored[0].milliseconds; at <= overview.stored.at(-1).milliseconds; at += step)
      bars.push({ value: counts.get(at) ?? 0, label: new Intl.DateTimeFormat("en", whole).format(at),
        short: new Intl.DateTimeFormat("en", short).format(at) });
  columns(byId("chart-time"), bars, (all) =>
    all.length === 0 ? "No documents" : `Documents stored from ${all[0].label} to ${all.at(-1).label}`);
}

function lengths(sample) {
  const longest = Math.max(...sample.map((point) => point.tokens), 1);
  const step = Math.max(1, Math.ceil(longest / 12 / 5) * 5);
  const bars = Array.from({ length: Math.floor(longest / step) + 1 }, (_, at) =>
    ({ label: `${at * step} to ${(at + 1) * step - 1} word pieces`, short: String(at * step), value: 0 }));
  for (const point of sample) ++bars[Math.floor(point.tokens / step)].value;
  columns(byId("chart-lengths"), bars, () => `Word pieces in ${counted(sample.length, "passage")}; the longest has ${longest}`);
}

// The means of the histograms that the server keeps for Prometheus.
function stageTimes(metrics) {
  const values = (what) => new Map([...metrics.matchAll(new RegExp(`^lectern_stage_seconds_${what}\\{stage="([^"]+)"\\} (\\S+)$`, "gm"))]
    .map((match) => [match[1], Number(match[2])]));
  const sums = values("sum");
  const counts = values("count");
  const bars = [...sums].map(([label, sum]) => ({ label, value: (sum / (counts.get(label) || 1)) * 1000 }))
    .sort((a, b) => b.value - a.value).slice(0, 9)
    .map((bar) => ({ ...bar, label: stepName(bar.label), text: milliseconds(bar.value) }));
  if (bars.length > 0) rows(byId("chart-stages"), bars);
  else byId("chart-stages").replaceChildren(el("p", { class: "note" }, "Nothing was asked yet."));
}

const nameOf = (point, of) => `${point.title || point.document}${of > 1 ? `, passage ${point.number} of ${of} here` : ""}, ${counted(point.tokens, "word piece")}`;

function vectors(overview) {
  const hues = new Map();
  for (const point of overview.sample) {
    if (!hues.has(point.document)) hues.set(point.document, hues.size);
    point.hue = hues.get(point.document);
  }
  // Which of a document's passages one is, of those on the map.
  const order = new Map();
  for (const point of [...overview.sample].sort((a, b) => a.begin - b.begin)) {
    const before = order.get(point.document) ?? 0;
    point.number = before + 1;
    order.set(point.document, point.number);
  }
  const name = (point) => nameOf(point, order.get(point.document));
  for (const point of overview.sample) point.name = name(point);
  byId("map-caption").textContent = `Map: ${counted(overview.sample.length, "passage")}, those of like meaning near each other`;
  const resting = `A colour is a document, and a point opens its passage. Two directions show ${Math.round(overview.explained * 100)} % of what tells passages apart.`;
  byId("map-name").textContent = resting;
  const place = byId("chart-map");
  map(place, overview.sample, name, (point) => openDocument(point.document, point.begin, point.end));
}
byId("chart-map").addEventListener("point", (event) => {
  byId("map-name").textContent = event.detail.name;
});

export async function showOverview() {
  const status = byId("overview-status");
  const collection = state.collection;
  const charts = document.querySelector(".charts");
  if (!collection) {
    charts.hidden = true;
    byId("figures").replaceChildren();
    status.textContent = "There is no collection yet.";
    return;
  }
  try {
    const [stats, overview, metrics] = await Promise.all([
      get(of(collection, "/stats")), get(of(collection, "/overview?sample=500")), text("/metrics")]);
    if (collection !== state.collection) return;
    figures(stats);
    charts.hidden = stats.documents === 0;
    status.textContent = stats.documents === 0 ? "Nothing is stored yet." : "";
    if (stats.documents === 0) return;
    timeLine(overview);
    lengths(overview.sample);
    stageTimes(metrics);
    vectors(overview);
  } catch (error) {
    status.textContent = error.message;
  }
}
