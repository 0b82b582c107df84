// The page as a whole: views, the collection at hand, the key.
import { get, key, of, put } from "./api.js";
import { byId, el } from "./dom.js";
import { startDocuments } from "./documents.js";
import { showOverview } from "./overview.js";
import { showPipeline } from "./pipeline.js";
import { state, tell, when } from "./state.js";
import "./ask.js";
import "./search.js";

const views = ["search", "ask", "documents", "overview", "pipeline"];
const view = () => {
  const name = location.hash.slice(1);
  return views.includes(name) ? name : "search";
};

function showView(focus) {
  const now = view();
  for (const name of views) byId(`view-${name}`).hidden = name !== now;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === now) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else link.removeAttribute("aria-current");
  }
  document.title = `${now[0].toUpperCase()}${now.slice(1)} – Lectern`;
  if (now === "overview") showOverview();
  if (now === "pipeline") showPipeline();
  const field = { search: "query", ask: "question" }[now];
  if (focus && field) byId(field).focus();
}

function notice(message) {
  byId("notice").textContent = message;
  byId("notice").hidden = !message;
}

async function listCollections(wanted) {
  try {
    const { collections } = await get("/collections");
    const names = collections.map((each) => each.name);
    const select = byId("collection");
    select.replaceChildren(...names.map((name) => el("option", {}, name)));
    if (names.length === 0) select.append(el("option", { value: "" }, "no collection"));
    select.disabled = names.length === 0;
    const kept = [wanted, state.collection, sessionStorage.getItem("lectern.collection")].find((name) => names.includes(name));
    choose(kept ?? names[0] ?? "");
    notice("");
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
  byId("collection").value = name;
  sessionStorage.setItem("lectern.collection", name);
  tell("collection");
  if (view() === "overview") showOverview();
}

// Before the first upload when there is no collection.
async function makeFirst() {
  if (state.collection) return;
  await put(of("documents"), {});
  await listCollections("documents");
}

// What the search of this server takes, so that the page offers no filter that it does not know.
async function readDescription() {
  try {
    const api = await get("/openapi.json");
    state.searchFields = new Set(Object.keys(api.components.schemas.SearchRequest.properties));
    tell("fields");
  } catch (error) {
    notice(error.message);
  }
}

// The address names the view, so the link does not go there.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("content").focus();
});
byId("collection").addEventListener("change", (event) => choose(event.target.value));
addEventListener("hashchange", () => showView(true));
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

byId("new-collection").addEventListener("click", () => {
  byId("new-name").value = "";
  byId("new-dialog").showModal();
});
byId("new-cancel").addEventListener("click", () => byId("new-dialog").close());
byId("new-form").addEventListener("submit", async () => {
  const name = byId("new-name").value.trim();
  try {
    await put(of(name), {});
    await listCollections(name);
  } catch (error) {
    notice(error.message);
  }
});

// "/" goes to the field of the view, as in many programs.
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (!["search", "ask"].includes(view())) location.hash = "#search";
  else byId(view() === "ask" ? "question" : "query").focus();
});

startDocuments(makeFirst);
showView(true);
await readDescription();
await listCollections();
