// Making, renaming and deleting collections, their other names, and their jobs.
import { get, of, post, put, remove } from "./api.js";
import { byId, counted, el } from "./dom.js";
import { state, tell } from "./state.js";

const dialog = byId("collections-dialog");
let timer = 0;

const words = { backup: "Backup", verify: "Check", reembed: "Another model", sync: "Folders", ingest: "Upload of many", restore: "Restore" };
const states = { done: "done", failed: "failed", cancelled: "stopped" };
// What came of it, where that is more than its end.
function outcome({ kind, result }) {
  if (!result) return "";
  if (kind === "sync") return `: ${counted(result.documents ?? 0, "document")} stored, ${result.removed ?? 0} removed${result.failed?.length ? `, ${result.failed.length} not read` : ""}`;
  if (kind === "ingest") return `: ${counted(result.stored ?? 0, "document")} stored${result.failed ? `, ${result.failed} refused` : ""}`;
  return "";
}
function jobLine(job) {
  const runs = job.state === "running";
  const how = runs ? `running, ${Math.round(job.percent)} %` : states[job.state] + outcome(job);
  const stop = runs && el("button", { type: "button", class: "quiet small", "aria-label": `Stop: ${words[job.kind] ?? job.kind}`, click: async () => {
    try {
      await remove(of(state.collection, `/jobs/${job.job}`));
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
    showJobs();
  } }, "Stop");
  return el("li", { class: "line" }, el("span", {}, words[job.kind] ?? job.kind),
    el("span", { class: "note" }, job.error ? `${how}: ${job.error.detail}` : how), stop || null);
}

let running = false; // one was, when the jobs were looked at last
async function showJobs() {
  clearTimeout(timer);
  if (!dialog.open || !state.collection || !state.rights.has("admin")) return;
  try {
    const { jobs } = await get(of(state.collection, "/jobs"));
    byId("jobs").replaceChildren(...jobs.slice(0, 8).map(jobLine));
    const before = running;
    running = jobs.some((job) => job.state === "running");
    if (running) timer = setTimeout(showJobs, 1000);
    else if (before) { // a sync may have changed them, and what is followed
      tell("documents");
      showSettings();
    }
  } catch (error) {
    byId("collections-status").textContent = error.message;
  }
}

// What the collection is set to: folders that it follows, and whether it keeps files.
async function showSettings() {
  const { collection } = state;
  if (!dialog.open || !collection || !state.rights.has("admin")) return;
  try {
    const [about, { sources }] = await Promise.all([get(of(collection)), get(of(collection, "/sources"))]);
    if (collection !== state.collection) return;
    byId("keep-originals").checked = about.keeps_originals === true;
    byId("model-now").textContent = `Its pipeline is ${about.pipeline}.`;
    byId("sources").replaceChildren(...sources.map((each) => el("li", { class: "line" }, el("span", {}, each.name || each.path), el("span", { class: "note" }, each.path))));
    byId("start-sync").hidden = sources.length === 0;
  } catch (error) {
    byId("collections-status").textContent = error.message;
  }
}

// `listed`: lists the collections again.
function aliasLine(alias, listed) {
  const away = el("button", { type: "button", class: "quiet small", "aria-label": `Remove the name ${alias}`, click: async () => {
    try {
      await remove(`/aliases/${encodeURIComponent(alias)}`);
      await listed();
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
    showAliases(listed);
  } }, "Remove");
  return el("li", { class: "line" }, el("span", {}, alias), away);
}

async function showAliases(listed) {
  if (!dialog.open || !state.collection || !state.rights.has("admin")) return;
  const collection = state.collection;
  try {
    const { aliases } = await get("/aliases");
    if (collection !== state.collection) return;
    byId("aliases").replaceChildren(...aliases.filter((each) => each.collection === collection)
      .map((each) => aliasLine(each.alias, listed)));
  } catch (error) {
    byId("collections-status").textContent = error.message;
  }
}

// `listed`: lists the collections again and chooses one.
export function startCollections(listed) {
  byId("open-collections").addEventListener("click", () => {
    byId("collections-status").textContent = "";
    byId("new-name").value = "";
    byId("this-collection").hidden = !state.collection || !state.rights.has("admin");
    byId("this-name").textContent = state.collection;
    byId("jobs").replaceChildren();
    byId("sources").replaceChildren();
    byId("new-originals").checked = false;
    byId("aliases").replaceChildren();
    byId("alias-name").value = "";
    dialog.showModal();
    showJobs();
    showSettings();
    showAliases(listed);
  });
  byId("collections-close").addEventListener("click", () => dialog.close());
  byId("new-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = byId("new-name").value.trim();
    const pipeline = byId("new-pipeline").value;
    try {
      await put(of(name), { ...(pipeline ? { pipeline } : {}), ...(byId("new-originals").checked ? { originals: true } : {}) });
      dialog.close();
      await listed(name);
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
  });
  const begin = async (below, body = {}) => {
    try {
      await post(of(state.collection, below), body);
      byId("collections-status").textContent = "Started.";
      running = true;
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
    showJobs();
    showSettings();
  };
  for (const below of ["backups", "verify", "sync"])
    byId(`start-${{ backups: "backup" }[below] ?? below}`).addEventListener("click", () => begin(`/${below}`));
  byId("source-form").addEventListener("submit", (event) => {
    event.preventDefault();
    begin("/sync", { sources: [byId("source-name").value.trim()] });
    byId("source-name").value = "";
  });
  byId("model-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const pipeline = byId("model").value;
    if (pipeline && confirm(`Work with ${pipeline} from now on? All documents get new vectors; searches go on meanwhile.`)) begin("/reembed", { pipeline });
  });
  byId("keep-originals").addEventListener("change", async (event) => {
    const keep = event.target.checked;
    try {
      await put(of(state.collection), { originals: keep });
      byId("collections-status").textContent = keep ? "Files are kept from now on." : "No more files are kept; those that are there stay.";
    } catch (error) {
      event.target.checked = !keep;
      byId("collections-status").textContent = error.message;
    }
  });
  byId("alias-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = byId("alias-name");
    const name = field.value.trim();
    try {
      const { aliases } = await get("/aliases");
      const taken = aliases.find((each) => each.alias === name && each.collection !== state.collection);
      if (taken && !confirm(`“${name}” stands for ${taken.collection}. Let it stand for ${state.collection} from now on?`)) return;
      await put(`/aliases/${encodeURIComponent(name)}`, { collection: state.collection });
      field.value = "";
      byId("collections-status").textContent = "";
      await listed();
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
    showAliases(listed);
  });
  byId("rename-collection").addEventListener("click", async () => {
    const name = state.collection;
    const to = prompt(`A new name for ${name}; links to the old one do not find it any more.`, name)?.trim();
    if (!to || to === name) return;
    try {
      await post(of(name, "/rename"), { to });
      dialog.close();
      await listed(to);
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
  });
  byId("drop-collection").addEventListener("click", async () => {
    const name = state.collection;
    if (prompt(`This deletes the collection and all its documents. Type its name, ${name}, to go on.`) !== name) return;
    try {
      await remove(of(name));
      dialog.close();
      await listed();
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
  });
}
