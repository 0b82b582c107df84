// A conversation: each question with its answer as it is written; its [n] open the bytes they stand on.
import { change, here, link } from "./address.js";
import { events, of } from "./api.js";
import { byId, el, milliseconds, showHints } from "./dom.js";
import { placeOf } from "./place.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";
import { historyOf, keep, turnsOf } from "./talk.js";

let running = null;
let turns = [];
let early = ""; // asked before the collections were known

// A turn's sources can be walked through in the reader.
const openSource = (sources, n) => {
  const at = sources.findIndex((source) => source.n === n);
  if (at >= 0) openDocument(sources[at].document, sources[at].begin, sources[at].end, { among: sources, at });
};

// The text with its [n] as buttons.
function written(text, sources) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(/\[(\d{1,3})\]/g)) {
    const n = Number(match[1]);
    const source = sources.find((each) => each.n === n);
    if (!source) continue;
    nodes.push(text.slice(done, match.index));
    nodes.push(el("button", { type: "button", class: "cite", "aria-label": `Source ${n}: ${source.title || source.document}`,
      click: () => openSource(sources, n) }, String(n)));
    done = match.index + match[0].length;
  }
  nodes.push(text.slice(done));
  return nodes;
}

const sourceItem = (sources, waiting) => (source) =>
  el("li", { value: source.n, class: waiting ? "card waiting" : "card" },
    el("button", { type: "button", class: "title", click: () => openSource(sources, source.n) }, source.title || source.document),
    el("blockquote", { dir: "auto" }, source.quote),
    el("p", { class: "note" }, placeOf(source)));

// A question that the collection does not answer has hits, which are numbered for the eye only.
const nearest = (hits) => hits.slice(0, 3).map((hit, at) => ({ n: at + 1, document: hit.document, title: hit.title,
  begin: hit.begin, end: hit.end, place: hit.place, quote: hit.text }));

const how = { answered: "Written, and every sentence checked against its sources",
  extractive: "Quoted from the sources", abstained: "Nothing in the collection supports an answer",
  unverified: "Written, and not checked: this collection's pipeline checks no sentences" };

// The elements of one turn, and how it is filled while it runs and when it has ended.
function card(turn) {
  const text = el("p", { class: "answer-text", "aria-live": "polite", "aria-atomic": "false" });
  const status = el("p", { class: "status", role: "status" });
  const note = el("p", { class: "note answer-note" });
  const meant = el("p", { class: "note meant" });
  const hints = el("div", { class: "hints", hidden: true });
  const heading = el("summary", {}, "Sources");
  const list = el("ol", { class: "sources" });
  const sources = el("details", { class: "sources-block", open: true, hidden: true }, heading, list);
  const copy = el("button", { type: "button", class: "quiet small", click: async () => {
    try {
      await navigator.clipboard.writeText(plain(turn));
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Copying is not allowed here";
    }
  } }, "Copy");
  const again = el("button", { type: "button", class: "quiet small", click: () => ask(turn.question) }, "Ask again");
  const share = el("a", { class: "small", href: link("ask", { in: state.collection, q: turn.question, filter: turn.filter }) }, "Link");
  const tools = el("p", { class: "tools", hidden: true }, copy, again, share);
  const box = el("article", { class: "answer", "aria-label": "Answer" }, status, meant, text, note, hints, tools, sources);
  const whole = el("li", { class: "turn" }, el("h2", { class: "question", dir: "auto" }, turn.question), box);
  const show = (all, waiting) => {
    sources.hidden = all.length === 0;
    list.replaceChildren(...all.map(sourceItem(all, waiting)));
  };
  return {
    whole,
    say: (what) => (status.textContent = what),
    mean: (question) => (meant.textContent = question && question !== turn.question ? `Asked as: ${question}` : ""),
    evidence: (all) => show((turn.sources = all), true),
    append: (piece) => text.append(...written(piece, turn.sources ?? [])),
    run: () => (box.dataset.status = "running"),
    drop: () => (box.dataset.status = "stopped"),
    finish: () => {
      box.dataset.status = turn.status;
      status.textContent = "";
      heading.textContent = turn.status === "abstained" ? "Closest passages" : "Sources";
      text.replaceChildren(...(turn.status === "abstained" ? ["The documents do not say."] : written(turn.answer, turn.sources)));
      note.textContent = `${how[turn.status]} · ${Math.round(turn.confidence * 100)} % sure · ${milliseconds(turn.milliseconds)}`;
      showHints(hints, turn.hints);
      show(turn.sources, false);
      tools.hidden = false;
    },
  };
}

// Of a collection that cannot answer, what it can do.
const plainly = (message) => (/has no reader, so it answers no questions/.test(message)
  ? "This collection is made for search alone and answers no questions. Search it instead" +
    (state.rights.has("admin") ? ", or change what it is made for under “+” above." : ".") : message);

// What is copied: the answer and what it stands on.
function plain(turn) {
  if (turn.status === "abstained") return `${turn.question}\n\nThe documents do not say.`;
  const list = turn.sources.map((source) => `[${source.n}] ${source.title || source.document} (${placeOf(source)}): ${source.quote}`);
  return `${turn.question}\n\n${turn.answer}\n\n${list.join("\n")}`;
}

function showTurns() {
  byId("turns").replaceChildren(...turns.map((turn) => {
    const shown = card(turn);
    shown.mean(turn.asked);
    shown.finish();
    return shown.whole;
  }));
  byId("ask-new").hidden = turns.length === 0;
  tell("first");
}

async function ask(question) {
  if (!question) return byId("question").focus();
  if (!state.collection) {
    if (!state.listed) early = question;
    byId("ask-status").textContent = early ? "Looking for the collections …" : "There is no collection yet: add documents first.";
    return;
  }
  running?.abort();
  const request = new AbortController();
  running = request;
  const collection = state.collection;
  const filter = byId("ask-filter").value.trim();
  const turn = { question, sources: [], filter };
  const shown = card(turn);
  byId("turns").append(shown.whole);
  byId("ask-status").textContent = "";
  byId("ask-new").hidden = false;
  byId("ask-stop").hidden = false;
  byId("question").value = "";
  grow();
  change({ in: collection, q: question, filter });
  tell("first");
  shown.run();
  shown.say("Looking for evidence …");
  shown.whole.scrollIntoView({ block: "nearest" });
  const body = { question, extractive: byId("extractive").checked, explain: true, stream: true };
  if (filter) body.filter = filter;
  if (state.askFields.has("history")) body.history = historyOf(turns);
  let ended = false;
  try {
    await events(of(collection, "/ask"), body, (name, data) => {
      if (name === "question") {
        turn.asked = data.question;
        shown.mean(turn.asked);
      } else if (name === "evidence") {
        shown.evidence(data.evidence);
        shown.say("Writing from these sources …");
      } else if (name === "text") {
        shown.append(data.text);
      } else if (name === "answer") {
        ended = true;
        Object.assign(turn, { asked: data.question ?? turn.asked ?? "", answer: data.answer, status: data.status, confidence: data.confidence, hints: data.hints ?? [],
          milliseconds: data.milliseconds.total, sources: data.status === "abstained" ? nearest(data.hits) : data.citations });
        shown.mean(turn.asked);
        shown.finish();
        if (state.collection === collection) {
          turns.push(turn);
          keep(collection, turns);
        } else keep(collection, [...turnsOf(collection), turn]);
        state.last = { what: "ask", text: question, milliseconds: turn.milliseconds, stages: data.stages };
        tell("last");
      } else if (name === "error") {
        ended = true;
        shown.drop();
        shown.say(data.detail);
      }
    }, request.signal);
    if (!ended) {
      shown.drop();
      shown.say("The connection ended before the answer did.");
    }
  } catch (error) {
    shown.drop();
    shown.say(error.name === "AbortError" ? "Stopped." : plainly(error.message));
  }
  if (running === request) byId("ask-stop").hidden = true;
}

const field = byId("question");
// As high as its lines, up to six.
function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 180)}px`;
}
field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("ask-form").requestSubmit();
});
byId("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value.trim());
});
byId("ask-stop").addEventListener("click", () => {
  running?.abort();
  field.focus();
});
byId("ask-new").addEventListener("click", () => {
  running?.abort();
  turns = [];
  keep(state.collection, turns);
  change({ q: "" });
  showTurns();
  field.focus();
});
when("collection", () => {
  running?.abort();
  running = null;
  byId("ask-stop").hidden = true;
  byId("ask-status").textContent = "";
  turns = turnsOf(state.collection);
  showTurns();
});
// A link to a question asks it, unless it was the last one. So does what was asked too early, unless somebody
// has gone on writing.
when("address", () => {
  const { view, params } = here();
  const question = params.get("q");
  if (view !== "ask" || !state.collection) return;
  if (params.get("in") && params.get("in") !== state.collection) return;
  byId("ask-filter").value = params.get("filter") ?? "";
  if (byId("ask-filter").value) byId("ask-filter").closest("details").open = true; // what narrows is seen
  const waiting = early;
  early = "";
  if (waiting && waiting === field.value.trim()) return void ask(waiting);
  if (!question) return;
  if (turns.at(-1)?.question !== question && !byId("turns").lastElementChild?.querySelector("[data-status=running]")) ask(question);
});
