// Ask, with the answer as it is written; its [n] open the bytes they stand on.
import { events, of } from "./api.js";
import { byId, el, milliseconds, showHints } from "./dom.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";
import { placed } from "./text.js";

let running = null;
let sources = new Map(); // n → citation

const openSource = (n) => {
  const source = sources.get(n);
  if (source) openDocument(source.document, source.begin, source.end);
};

// The text with its [n] as buttons.
function written(text) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(/\[(\d{1,3})\]/g)) {
    const n = Number(match[1]);
    if (!sources.has(n)) continue;
    nodes.push(text.slice(done, match.index));
    const name = sources.get(n).title || sources.get(n).document;
    nodes.push(el("button", { type: "button", class: "cite", "aria-label": `Source ${n}: ${name}`, click: () => openSource(n) }, String(n)));
    done = match.index + match[0].length;
  }
  nodes.push(text.slice(done));
  return nodes;
}

function showSources(list, cited) {
  sources = new Map(list.map((source) => [source.n, source]));
  byId("sources-block").hidden = list.length === 0;
  byId("sources").replaceChildren(...list.map((source) =>
    el("li", { value: source.n, class: cited ? "card" : "card waiting" },
      el("button", { type: "button", class: "title", click: () => openSource(source.n) }, source.title || source.document),
      el("blockquote", { dir: "auto" }, source.quote),
      el("p", { class: "note" }, `${source.document} · ${placed(source)}`))));
}

// A question that the collection does not answer has hits, which are numbered for the eye only.
const nearest = (hits) => hits.slice(0, 3).map((hit, at) => ({ ...hit, n: at + 1, quote: hit.text }));

function finish(answer) {
  const heading = byId("sources-block").querySelector("h2");
  if (answer.status === "abstained") {
    byId("answer-text").replaceChildren("The documents do not say.");
    heading.textContent = "Nearest passages";
    showSources(nearest(answer.hits), true);
  } else {
    heading.textContent = "Sources";
    showSources(answer.citations, true);
    byId("answer-text").replaceChildren(...written(answer.answer));
  }
  showHints(byId("ask-hints"), answer.hints);
  const took = answer.milliseconds.total;
  const how = { answered: "Written, and every sentence checked against its sources",
                extractive: "Quoted from the sources", abstained: "Nothing in the collection supports an answer" }[answer.status];
  byId("answer-note").textContent = `${how} · confidence ${Math.round(answer.confidence * 100)} % · ${milliseconds(took)}`;
  byId("answer").dataset.status = answer.status;
  byId("ask-status").textContent = "";
}

async function ask() {
  const question = byId("question").value.trim();
  if (!question) return byId("question").focus();
  if (!state.collection) {
    byId("ask-status").textContent = "There is no collection yet: make one with +.";
    return;
  }
  running?.abort();
  const request = new AbortController();
  running = request;
  byId("answer").hidden = false;
  byId("answer").dataset.status = "running";
  byId("answer-note").textContent = "";
  byId("sources-block").querySelector("h2").textContent = "Sources";
  showSources([], false);
  showHints(byId("ask-hints"), []);
  byId("answer-text").replaceChildren();
  byId("ask-status").textContent = "Looking for evidence …";
  byId("ask-stop").hidden = false;
  let said = "";
  let ended = false;
  try {
    await events(of(state.collection, "/ask"),
      { question, extractive: byId("extractive").checked, explain: true, stream: true },
      (name, data) => {
        if (name === "evidence") {
          showSources(data.evidence, false);
          byId("ask-status").textContent = "Writing from these sources …";
        } else if (name === "text") {
          said += data.text;
          byId("answer-text").append(...written(data.text));
        } else if (name === "answer") {
          ended = true;
          finish(data);
          state.last = { what: "ask", text: question, milliseconds: data.milliseconds.total, stages: data.stages };
          tell("last");
        } else if (name === "error") {
          ended = true;
          byId("ask-status").textContent = data.detail;
        }
      }, request.signal);
    if (!ended) byId("ask-status").textContent = "The connection ended before the answer did.";
  } catch (error) {
    const stopped = error.name === "AbortError";
    if (stopped && running !== request) return; // the next question has begun
    byId("ask-status").textContent = stopped ? "Stopped." : error.message;
    if (!said) byId("answer").hidden = true;
  }
  byId("ask-stop").hidden = true;
}

byId("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
byId("ask-stop").addEventListener("click", () => {
  running?.abort();
  byId("question").focus();
});
when("collection", () => {
  running?.abort();
  running = null;
  byId("answer").hidden = true;
  byId("ask-stop").hidden = true;
  byId("ask-status").textContent = "";
  showHints(byId("ask-hints"), []);
  showSources([], false);
});
