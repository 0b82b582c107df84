// Search as you type.
import { go, here } from "./address.js";
import { of, post } from "./api.js";
import { byId, counted, el, milliseconds, showHints } from "./dom.js";
import { named, quoted, toChoose, typed } from "./fields.js";
import { placeOf } from "./place.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";
import { highlighted, marked } from "./text.js";

const pause = 180; // milliseconds after the last key
let timer = 0;
let running = null;
let hits = [];
let asked = "";
let more = false; // there may be hits behind these
const hidden = new Set(); // kinds that are not shown
const kindsSeen = new Map(); // how often each was among the hits that were shown last
let chosen = {}; // field → the values of which documents are wanted
const facets = new Map(); // field → [{value, count}]
// A field may have the name of something that every object has: "constructor".
const own = (object, field) => (object && Object.hasOwn(object, field) ? object[field] : []);
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

const keyOf = (hit) => JSON.stringify([hit.document, hit.begin, hit.end, hit.title]);

function item(hit, open) {
  const passage = el("p", { class: "passage", dir: "auto" });
  const parts = hit.highlights?.length > 0 ? highlighted(hit) : marked(hit.text.trim(), asked);
  const signs = ["md", "markdown"].includes(kindOf(hit));
  let begins = true; // a line
  for (const piece of parts) {
    let text = piece.text.replace(/\s*\n\s*/g, "\n"); // no empty lines in a short view
    // Those of a heading are for its writer.
    if (signs) text = text.replace(begins ? /(^|\n)#{1,6} /g : /(\n)#{1,6} /g, "$1");
    if (text) begins = text.endsWith("\n");
    passage.append(piece.marked ? el("mark", {}, text) : text);
  }
  const meter = el("meter", { min: 0, max: 1, value: Math.max(0, Math.min(1, strength(hit))), "aria-label": "Score" });
  const score = el("span", { class: "score" }, strength(hit).toFixed(3), meter);
  return el("li", { class: "card" }, el("div", { class: "line" }, el("h2", {}, open), score), passage,
    el("p", { class: "note" }, placeOf(hit)));
}

function kinds() {
  const counts = new Map();
  for (const hit of hits) counts.set(kindOf(hit), (counts.get(kindOf(hit)) ?? 0) + 1);
  for (const kind of kindsSeen.keys()) kindsSeen.set(kind, counts.get(kind) ?? 0);
  for (const [kind, count] of counts) kindsSeen.set(kind, count);
  const box = byId("kinds");
  box.hidden = kindsSeen.size < 2;
  const legend = box.querySelector("legend");
  box.replaceChildren(legend, ...[...kindsSeen].sort().map(([kind, count]) => {
    const input = el("input", { type: "checkbox", checked: !hidden.has(kind), change: () => {
      if (input.checked) hidden.delete(kind);
      else hidden.add(kind);
      show();
      run(); // so that others take the places of those that go
    } });
    return el("label", { class: "chip" }, input, hidden.has(kind) ? kind : `${kind} (${count})`);
  }));
}

// What the documents that are looked through have in each field, counted by the server.
function showFacets() {
  const box = byId("facets");
  const fields = [...facets.keys()].filter((field) => facets.get(field).length > 1 || own(chosen, field).length > 0);
  box.hidden = fields.length === 0;
  const focused = document.activeElement?.closest("#facets") ? document.activeElement.dataset.of : "";
  box.replaceChildren(...fields.map((field) => el("fieldset", { class: "chips" }, el("legend", {}, field),
    ...facets.get(field).slice(0, 12).map(({ value, count }) => {
      const input = el("input", { type: "checkbox", "data-of": JSON.stringify([field, value]), checked: own(chosen, field).includes(value), change: () => {
        const others = own(chosen, field).filter((each) => each !== value);
        const values = input.checked ? [...others, value] : others;
        chosen = { ...chosen, [field]: values };
        if (values.length === 0) delete chosen[field];
        run(true);
      } });
      return el("label", { class: "chip" }, input, `${value} (${count})`);
    }))));
  if (focused) [...box.querySelectorAll("input")].find((each) => each.dataset.of === focused)?.focus();
}

// Of a field in which values are chosen the others stay: the server counts what passes the choice.
function takeFacets(result) {
  for (const field of toChoose()) {
    const found = own(result.facets, field).map(({ value, count }) => ({ value: typed(field, value), count }));
    if (!(own(chosen, field).length > 0 && facets.has(field))) facets.set(field, found);
    const listed = facets.get(field);
    for (const value of own(chosen, field))
      if (!listed.some((each) => each.value === value)) listed.push({ value, count: found.find((each) => each.value === value)?.count ?? 0 });
  }
  showFacets();
}

// The condition that somebody has written, and those that were clicked.
function condition() {
  const parts = [byId("filter").value.trim(),
    ...Object.entries(chosen).map(([field, values]) => `${named(field)} in (${values.map(quoted).join(", ")})`),
    ...[...hidden].filter((kind) => kind !== "other").map((kind) => `not id contains ${quoted(`.${kind}`)}`)].filter(Boolean);
  return parts.length > 1 ? parts.map((part) => `(${part})`).join(" and ") : parts[0] ?? "";
}

function show(took) {
  const least = Number(byId("least").value);
  const shown = hits.filter((hit) => (least === 0 || strength(hit) >= least) && !hidden.has(kindOf(hit)));
  const before = buttons;
  const focused = document.activeElement;
  buttons = new Map(shown.map((hit) => {
    const key = keyOf(hit);
    return [key, before.get(key) ?? el("button", { type: "button", class: "title",
      click: () => openDocument(hit.document, hit.begin, hit.end) }, hit.title || hit.document)];
  }));
  byId("hits").replaceChildren(...shown.map((hit) => item(hit, buttons.get(keyOf(hit)))));
  if (focused?.isConnected && focused !== document.activeElement) focused.focus();
  byId("search-more").hidden = !more;
  const status = byId("search-status");
  if (!asked) status.textContent = "";
  else if (hits.length === 0) status.textContent = "Nothing found.";
  else if (shown.length === 0) status.textContent = `The filters hide all ${counted(hits.length, "hit")}.`;
  else if (took !== undefined) status.textContent = `${counted(shown.length, "passage")} in ${milliseconds(took)}`;
  else status.textContent = counted(shown.length, "passage");
  tell("first");
}

const settings = () => ({ k: byId("k").value, mode: byId("mode").value, filter: byId("filter").value.trim(),
  all: byId("chunks").checked ? "1" : "", only: Object.keys(chosen).length > 0 ? JSON.stringify(chosen) : "" });

function request(query) {
  const { k, mode } = settings();
  const body = { query, k: Number(k), chunks: byId("chunks").checked, explain: true };
  if (state.searchFields.has("facets") && toChoose().length > 0) body.facets = toChoose();
  for (const [name, value] of Object.entries({ mode, filter: condition() }))
    if (state.searchFields.has(name) && value) body[name] = value;
  return body;
}

// What is shown is what the address says. Typing changes the step, a submit makes one.
function say(query, step) {
  const { k, ...rest } = settings();
  if (here().view === "search")
    go("search", { in: state.collection, q: query, k: k === "10" ? "" : k, ...rest }, { replace: !step });
}

async function run(step = false) {
  clearTimeout(timer);
  running?.abort();
  const query = byId("query").value.trim();
  if (!query || !state.collection) {
    hits = [];
    asked = "";
    more = false;
    showHints(byId("search-hints"), []);
    kinds();
    show();
    byId("hits").removeAttribute("aria-busy");
    if (state.collection) say("", false);
    return;
  }
  const mine = new AbortController();
  running = mine;
  say(query, step);
  byId("hits").setAttribute("aria-busy", "true");
  try {
    const result = await post(of(state.collection, "/search"), request(query), mine.signal);
    hits = result.hits;
    best = Math.max(1, ...hits.map((hit) => hit.score));
    more = state.searchFields.has("offset") && hits.length >= Number(byId("k").value);
    showHints(byId("search-hints"), result.hints);
    asked = query;
    state.last = { what: "search", text: query, milliseconds: result.milliseconds, stages: result.stages };
    tell("last");
    kinds();
    takeFacets(result);
    show(result.milliseconds);
  } catch (error) {
    if (error.name === "AbortError") return;
    hits = [];
    more = false;
    showHints(byId("search-hints"), []);
    show();
    byId("search-status").textContent = error.message;
  }
  byId("hits").removeAttribute("aria-busy");
}

async function loadMore() {
  const mine = running;
  try {
    const result = await post(of(state.collection, "/search"), { ...request(asked), offset: hits.length }, mine?.signal);
    const known = new Set(hits.map(keyOf));
    hits.push(...result.hits.filter((hit) => !known.has(keyOf(hit))));
    more = result.hits.length >= Number(byId("k").value);
    kinds();
    show();
  } catch (error) {
    if (error.name !== "AbortError") byId("search-status").textContent = error.message;
  }
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(run, pause);
};

byId("query").addEventListener("input", soon);
byId("filter").addEventListener("input", soon);
byId("search-form").addEventListener("submit", (event) => {
  event.preventDefault();
  run(true);
});
for (const id of ["k", "mode", "chunks"]) byId(id).addEventListener("change", () => run());
byId("search-more").addEventListener("click", loadMore);
byId("least").addEventListener("input", () => {
  byId("least-shown").textContent = Number(byId("least").value).toFixed(2);
  show();
});
// Down from the field to the hits, and up and down among them.
byId("view-search").addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = [...byId("hits").querySelectorAll("button.title")];
  const at = event.target.id === "query" ? -1 : all.indexOf(event.target);
  if (!by || (at < 0 && (event.target.id !== "query" || by < 0)) || all.length === 0) return;
  event.preventDefault();
  if (at + by < 0) byId("query").focus();
  else all[Math.min(at + by, all.length - 1)].focus();
});

// What an address says, as far as it is a choice.
function onlyOf(text) {
  try {
    const value = JSON.parse(text ?? "{}");
    return Object.fromEntries(Object.entries(value).filter(([, values]) => Array.isArray(values) && values.length > 0 &&
      values.every((each) => ["string", "number", "boolean"].includes(typeof each))));
  } catch {
    return {};
  }
}

// A search that is not seen is not run: it is, when the view is shown.
let stale = true;
let begun = false; // before the collections are known, somebody may have typed
function fresh() {
  if (here().view !== "search") return;
  const { params } = here();
  if (params.get("in") && params.get("in") !== state.collection) return;
  const typed = begun ? "" : byId("query").value;
  begun ||= Boolean(state.collection);
  const wanted = { query: params.get("q") ?? typed, k: params.get("k") ?? "10", mode: params.get("mode") ?? "", filter: params.get("filter") ?? "" };
  let changed = stale;
  const only = onlyOf(params.get("only"));
  if (JSON.stringify(only) !== JSON.stringify(chosen)) {
    chosen = only;
    changed = true;
  }
  for (const [id, value] of Object.entries(wanted)) {
    if (byId(id).value === value) continue;
    byId(id).value = value;
    changed = true;
  }
  if (byId("chunks").checked !== (params.get("all") === "1")) {
    byId("chunks").checked = params.get("all") === "1";
    changed = true;
  }
  stale = false;
  if (changed) run();
}
when("address", fresh);
when("collection", () => {
  stale = true;
  hits = [];
  asked = "";
  hidden.clear();
  kindsSeen.clear();
  facets.clear();
  chosen = {};
  kinds();
  showFacets();
  show();
});
// Fields to choose from are known only now.
when("metadata", () => asked && here().view === "search" && run());
when("fields", () => {
  byId("mode-field").hidden = !state.searchFields.has("mode");
  byId("filter-field").hidden = !state.searchFields.has("filter");
});
