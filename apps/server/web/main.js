// The page as a whole: views, the collection at hand, the key.
import { change, go, here, views } from "./address.js";
import { get, key, of, put } from "./api.js";
import { byId, el } from "./dom.js";
import { startCollections } from "./collections.js";
import { startDocuments } from "./documents.js";
import { showDescription } from "./description.js";
import { showOverview } from "./overview.js";
import { showPipeline } from "./pipeline.js";
import { state, tell, when } from "./state.js";
import "./ask.js";
import "./first.js";
import "./search.js";
import "./theme.js";

const view = () => here().view;
const titles = { api: "API", pipeline: "Steps" };

function showView(focus) {
  const now = view();
  for (const name of views) byId(`view-${name}`).hidden = name !== now;
  for (const each of document.querySelectorAll("[data-view]")) {
    if (each.dataset.view === now) {
      each.setAttribute("aria-current", "page");
      each.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else each.removeAttribute("aria-current");
  }
  document.title = `${titles[now] ?? `${now[0].toUpperCase()}${now.slice(1)}`} – Lectern`;
  if (now === "overview") showOverview();
  if (now === "pipeline") showPipeline();
  if (now === "api") showDescription();
  const field = { search: "query", ask: "question" }[now];
  if (focus && field) byId(field).focus();
}

function notice(message) {
  byId("notice").textContent = message;
  byId("notice").hidden = !message;
}

let known = new Map(); // name → rights
let aliases = new Map(); // other name → the collection that it stands for
// A link may have a collection's other name.
const meant = (name) => aliases.get(name) ?? name;

async function listCollections(wanted) {
  try {
    const [{ collections }, others] = await Promise.all([get("/collections"), get("/aliases")]);
    aliases = new Map(others.aliases.map((each) => [each.alias, each.collection]));
    known = new Map(collections.map((each) => [each.name, new Set(each.rights)]));
    state.listed = true;
    const names = [...known.keys()];
    const select = byId("collection");
    const called = (name) => [...aliases].filter(([, collection]) => collection === name).map(([alias]) => alias);
    select.replaceChildren(...names.map((name) => el("option", { value: name }, [name, ...called(name)].join(", also "))));
    if (names.length === 0) select.append(el("option", { value: "" }, "no collection"));
    select.disabled = names.length === 0;
    // A key that may make one somewhere may make others.
    byId("open-collections").hidden = known.size > 0 && ![...known.values()].some((rights) => rights.has("admin"));
    const addressed = here().params.get("in");
    const kept = [wanted, meant(addressed), state.collection, sessionStorage.getItem("lectern.collection")]
      .find((name) => names.includes(name));
    if (wanted && kept === wanted) go(view(), { in: wanted }, { replace: true }); // the address is obeyed
    else if (aliases.has(addressed) && kept === meant(addressed)) change({ in: kept }, { replace: true });
    choose(kept ?? names[0] ?? "");
    const gone = here().params.get("in");
    notice(gone && !names.includes(gone) ? `There is no collection “${gone}” here.` : "");
  } catch (error) {
    if (error.status === 401) {
      notice(key.get() ? "The server does not know this API key." : "This server wants an API key.");
      byId("key-dialog").showModal();
    } else {
      notice(error.message);
    }
  }
}

function choose(name) {
  state.collection = name;
  // Of a collection that is still to be made: what may be is seen when it is tried.
  state.rights = known.get(name) ?? new Set(["read", "write", "admin"]);
  state.documents = null;
  byId("collection").value = name;
  sessionStorage.setItem("lectern.collection", name);
  tell("collection");
  tell("address");
  if (view() === "overview") showOverview();
}

// Before the first upload when there is no collection.
async function makeFirst() {
  await started; // there may be one that is not known yet
  if (state.collection) return;
  await put(of("documents"), {});
  await listCollections("documents");
}

// What the search of this server takes, so that the page offers no filter that it does not know.
async function readDescription() {
  try {
    const api = await get("/openapi.json");
    const fields = (name) => new Set(Object.keys(api.components.schemas[name]?.properties ?? {}));
    state.searchFields = fields("SearchRequest");
    state.askFields = fields("AskRequest");
    tell("fields");
  } catch (error) {
    notice(error.message);
  }
}

const left = new Map(); // view → the parameters that it was left with
function leave() {
  const { params } = here();
  const kept = Object.fromEntries(params);
  for (const name of ["d", "begin", "end"]) delete kept[name];
  left.set(view(), { in: state.collection, ...kept });
}

// The address names the view, so the link does not go there.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("content").focus();
});
byId("collection").addEventListener("change", (event) => {
  go(view(), { in: event.target.value, q: view() === "search" ? byId("query").value.trim() : "" });
  choose(event.target.value);
});
for (const each of document.querySelectorAll("[data-view]"))
  each.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    // Back in a view, its search and its filters stand where they stood. A question is not asked again.
    leave();
    const to = each.dataset.view;
    const before = left.get(to)?.in === state.collection ? left.get(to) : {};
    go(to, { ...before, in: state.collection, q: to === "search" ? byId("query").value.trim() : "" });
    showView(true);
    tell("address");
  });
// Back, forward, a link, an address that was typed.
when("address", () => {
  const { params } = here();
  const wanted = meant(params.get("in"));
  if (wanted !== params.get("in")) change({ in: wanted }, { replace: true });
  if (wanted && wanted !== state.collection && known.has(wanted)) choose(wanted);
});
addEventListener("popstate", () => showView(false));
when("documents", () => view() === "overview" && showOverview());

byId("open-key").addEventListener("click", () => {
  byId("key").value = key.get();
  byId("key-dialog").showModal();
});
byId("key-form").addEventListener("submit", () => {
  key.set(byId("key").value.trim());
  listCollections();
});
byId("key-forget").addEventListener("click", () => {
  key.set("");
  byId("key").value = "";
  byId("key-dialog").close();
  listCollections();
});

startCollections(listCollections);

// "/" goes to the field of the view, as in many programs.
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (!["search", "ask"].includes(view())) {
    go("search", { in: state.collection });
    showView(true);
  } else byId(view() === "ask" ? "question" : "query").focus();
});

startDocuments(makeFirst);
showView(true);
const started = readDescription().then(() => listCollections());
