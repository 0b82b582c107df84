// Making, renaming and deleting collections, their other names, and their jobs.
import { get, of, post, put, remove } from "./api.js";
import { byId, el } from "./dom.js";
import { state } from "./state.js";

const dialog = byId("collections-dialog");
let timer = 0;

const words = { backup: "Backup", verify: "Check", reembed: "New vectors" };
const jobLine = (job) => {
  const how = job.state === "running" ? `running, ${Math.round(job.percent)} %` : job.state;
  return el("li", { class: "line" }, el("span", {}, words[job.kind] ?? job.kind),
    el("span", { class: "note" }, job.error ? `${how}: ${job.error.detail}` : how));
};

async function showJobs() {
  clearTimeout(timer);
  if (!dialog.open || !state.collection || !state.rights.has("admin")) return;
  try {
    const { jobs } = await get(of(state.collection, "/jobs"));
    byId("jobs").replaceChildren(...jobs.slice(0, 8).map(jobLine));
    if (jobs.some((job) => job.state === "running")) timer = setTimeout(showJobs, 1000);
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
    byId("aliases").replaceChildren();
    byId("alias-name").value = "";
    dialog.showModal();
    showJobs();
    showAliases(listed);
  });
  byId("collections-close").addEventListener("click", () => dialog.close());
  byId("new-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = byId("new-name").value.trim();
    const pipeline = byId("new-pipeline").value;
    try {
      await put(of(name), pipeline ? { pipeline } : {});
      dialog.close();
      await listed(name);
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
  });
  const job = (id, below) => byId(id).addEventListener("click", async () => {
    try {
      await post(of(state.collection, below), {});
      byId("collections-status").textContent = "Started.";
    } catch (error) {
      byId("collections-status").textContent = error.message;
    }
    showJobs();
  });
  job("start-backup", "/backups");
  job("start-verify", "/verify");
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
