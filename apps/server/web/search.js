// Search as you type.
import { of, post } from "./api.js";
import { byId, counted, el, milliseconds, showHints } from "./dom.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";
import { highlighted, marked, placed } from "./text.js";

const pause = 180; // milliseconds after the last key
let timer = 0;
let running = null;
let hits = [];
let asked = "";
const hidden = new Set(); // kinds that are not shown
// The button of each hit that is shown, by its place. A hit that stays keeps its button when the
// hits are shown anew, so that the focus is not lost: on it, or to come back to it when the reader closes.
let buttons = new Map();

// What the hits are ordered by, 0 to 1. Scores of words alone have no upper end, so of those it is the
// share of the best one.
let best = 1;
const strength = (hit) => hit.score / best;

const kindOf = (hit) => {
  const dot = /\.([A-Za-z0-9]{1,8})(?:[#?:/].*)?$/.exec(hit.document);
  return dot ? dot[1].toLowerCase() : "other";
};

const placeOf = (hit) => JSON.stringify([hit.document, hit.begin, hit.end, hit.title]);

function item(hit, open) {
  const passage = el("p", { class: "passage", dir: "auto" });
  const pieces = hit.highlights?.length > 0 ? highlighted(hit) : marked(hit.text.trim(), asked);
  for (const piece of pieces) {
    const text = piece.text.replace(/\s*\n\s*/g, "\n"); // no empty lines in a short view
    passage.append(piece.marked ? el("mark", {}, text) : text);
  }
  const place = el("p", { class: "note" }, `${hit.document} · ${placed(hit)}`);
  const meter = el("meter", { min: 0, max: 1, value: Math.max(0, Math.min(1, strength(hit))), "aria-label": "Score" });
  const score = el("span", { class: "score" }, strength(hit).toFixed(3), meter);
  return el("li", { class: "card" }, el("div", { class: "line" }, el("h2", {}, open), score), passage, place);
}

function kinds() {
  const counts = new Map();
  for (const hit of hits) counts.set(kindOf(hit), (counts.get(kindOf(hit)) ?? 0) + 1);
  const box = byId("kinds");
  box.hidden = counts.size < 2;
  const legend = box.querySelector("legend");
  box.replaceChildren(legend, ...[...counts].sort().map(([kind, count]) => {
    const input = el("input", { type: "checkbox", checked: !hidden.has(kind), change: () => {
      if (input.checked) hidden.delete(kind);
      else hidden.add(kind);
      show();
    } });
    return el("label", { class: "chip" }, input, `${kind} (${count})`);
  }));
}

function show(took) {
  const least = Number(byId("least").value);
  const shown = hits.filter((hit) => (least === 0 || strength(hit) >= least) && !hidden.has(kindOf(hit)));
  const before = buttons;
  const focused = document.activeElement;
  buttons = new Map(shown.map((hit) => {
    const place = placeOf(hit);
    return [place, before.get(place) ?? el("button", { type: "button", class: "title",
      click: () => openDocument(hit.document, hit.begin, hit.end) }, hit.title || hit.document)];
  }));
  byId("hits").replaceChildren(...shown.map((hit) => item(hit, buttons.get(placeOf(hit)))));
  if (focused?.isConnected && focused !== document.activeElement) focused.focus();
  const status = byId("search-status");
  if (!asked) status.textContent = "";
  else if (hits.length === 0) status.textContent = "Nothing found.";
  else if (shown.length === 0) status.textContent = `The filters hide all ${counted(hits.length, "hit")}.`;
  else if (took !== undefined) status.textContent = `${counted(shown.length, "passage")} in ${milliseconds(took)}`;
  else status.textContent = counted(shown.length, "passage");
}

async function run() {
  clearTimeout(timer);
  running?.abort();
  const query = byId("query").value.trim();
  if (!query || !state.collection) {
    hits = [];
    asked = "";
    showHints(byId("search-hints"), []);
    kinds();
    show();
    return;
  }
  const request = new AbortController();
  running = request;
  const body = { query, k: Number(byId("k").value), chunks: byId("chunks").checked, explain: true };
  for (const field of ["mode", "filter"])
    if (state.searchFields.has(field) && byId(field).value.trim()) body[field] = byId(field).value.trim();
  byId("hits").setAttribute("aria-busy", "true");
  try {
    const result = await post(of(state.collection, "/search"), body, request.signal);
    hits = result.hits;
    best = Math.max(1, ...hits.map((hit) => hit.score));
    showHints(byId("search-hints"), result.hints);
    asked = query;
    state.last = { what: "search", text: query, milliseconds: result.milliseconds, stages: result.stages };
    tell("last");
    kinds();
    show(result.milliseconds);
  } catch (error) {
    if (error.name === "AbortError") return;
    hits = [];
    showHints(byId("search-hints"), []);
    show();
    byId("search-status").textContent = error.message;
  }
  byId("hits").removeAttribute("aria-busy");
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(run, pause);
};

byId("query").addEventListener("input", soon);
byId("filter").addEventListener("input", soon);
byId("search-form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
for (const id of ["k", "mode", "chunks"]) byId(id).addEventListener("change", run);
byId("least").addEventListener("input", () => {
  byId("least-shown").textContent = Number(byId("least").value).toFixed(2);
  show();
});
when("collection", run);
when("fields", () => {
  byId("mode-field").hidden = !state.searchFields.has("mode");
  byId("filter-field").hidden = !state.searchFields.has("filter");
});
