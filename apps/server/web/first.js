// What a newcomer is told where there is nothing yet, and what there is to ask about where there is.
import { get, of } from "./api.js";
import { byId, el } from "./dom.js";
import { state, when } from "./state.js";

const shown = { search: () => !byId("query").value.trim(), ask: () => byId("turns").childElementCount === 0 };
let titles = { collection: "", list: [] };

// A few titles, as examples: the first of the list, each once and no longer than a line.
async function examples() {
  if (titles.collection === state.collection) return titles.list;
  const collection = state.collection;
  const { documents } = await get(of(collection, "/documents?limit=30"));
  const usable = documents.map((each) => each.title?.trim()).filter((title) => title && title.length > 3 && title.length < 60);
  if (collection === state.collection) titles = { collection, list: [...new Set(usable)].slice(0, 3) };
  return titles.list;
}

async function tellFirst() {
  for (const [view, wanted] of Object.entries(shown)) {
    const box = byId(`${view}-first`);
    const empty = !state.collection || state.documents === 0;
    box.hidden = !wanted() || (!empty && state.documents === null);
    if (box.hidden) continue;
    if (empty) {
      box.replaceChildren(el("p", {}, "There is nothing to find yet. "),
        state.rights.has("write") || !state.collection ? el("a", { class: "button main", href: "#documents" }, "Add documents") : null);
      continue;
    }
    try {
      const list = await examples();
      const phrase = (title) => (view === "ask" ? `What is said about ${title}?` : title);
      box.replaceChildren(el("p", {}, list.length > 0 ? "For example:" : ""), ...list.map((title) =>
        el("button", { type: "button", class: "chip", click: () => {
          const field = byId(view === "ask" ? "question" : "query");
          field.value = phrase(title);
          field.form.requestSubmit();
        } }, phrase(title))));
    } catch {
      box.hidden = true; // what went wrong is said where the documents are
    }
  }
}
when("first", tellFirst);
when("documents", () => (titles = { collection: "", list: [] }));
