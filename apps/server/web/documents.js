// Upload by drag and drop or by choice, and the list of what is stored.
import { get, of, path, remove, upload } from "./api.js";
import { byId, bytes, counted, el } from "./dom.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";
import { chosen, dropped } from "./uploads.js";

const page = 50;
let next = "";
let listed = 0; // the list that was asked for last

function row(found) {
  const title = el("button", { type: "button", class: "title", click: () => openDocument(found.document) }, found.title || found.document);
  const note = el("p", { class: "note" }, `${found.document} · ${bytes(found.bytes)} · ${counted(found.chunks, "chunk")}`);
  const away = el("button", { type: "button", class: "quiet", "aria-label": `Delete ${found.document}`, click: async () => {
    if (!confirm(`Delete "${found.document}"?`)) return;
    try {
      await remove(of(state.collection, `/documents/${path(found.document)}`));
      byId("documents-status").textContent = `${found.document} was deleted.`;
      tell("documents");
    } catch (error) {
      byId("documents-status").textContent = error.message;
    }
  } }, "Delete");
  return el("li", { class: "card line" }, el("div", {}, title, note), away);
}

async function list(more) {
  const shown = byId("documents");
  if (!more) {
    next = "";
    shown.replaceChildren();
  }
  byId("documents-more").hidden = true;
  const mine = ++listed;
  if (!state.collection) {
    byId("documents-status").textContent = "There is no collection yet: the first upload makes one.";
    return;
  }
  try {
    const found = await get(of(state.collection, `/documents?limit=${page}&after=${encodeURIComponent(next)}`));
    if (mine !== listed) return; // another collection, or a newer list
    shown.append(...found.documents.map(row));
    next = found.next ?? "";
    byId("documents-more").hidden = !next;
    byId("documents-status").textContent = shown.childElementCount === 0
      ? "Nothing is stored yet."
      : `${counted(shown.childElementCount, "document")}${next ? " and more" : ""}`;
  } catch (error) {
    if (mine === listed) byId("documents-status").textContent = error.message;
  }
}

// One question for all files of an upload: what is answered with "the same for all" is not asked again.
function replacing() {
  let always = null;
  return async (what) => {
    if (always !== null) return always;
    const dialog = byId("replace-dialog");
    byId("replace-what").textContent = what;
    byId("replace-all").checked = false;
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    const yes = dialog.returnValue === "replace";
    if (byId("replace-all").checked) always = yes;
    return yes;
  };
}

const told = {
  created: (report) => `${counted(report.documents, "document")}, ${counted(report.chunks, "chunk")}`,
  replaced: (report) => `replaced: ${told.created(report)}`,
  unchanged: () => "unchanged",
};

// `collection`: gives its name, when its turn comes. `mayReplace`: asks.
function send({ file, id }, collection, mayReplace) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": `Upload of ${id}` });
  const said = el("span", { class: "note" }, "waiting");
  const line = el("li", { class: "card" }, el("div", { class: "line" }, el("span", {}, id), said), bar);
  byId("uploads").append(line);
  const put = async (replace) =>
    upload(of(await collection(), `/files/${path(id)}`), file, replace, (part) => {
      bar.value = part * 0.9; // the rest is reading and embedding
      said.textContent = part < 1 ? `${Math.round(part * 100)} % sent` : "being read …";
    });
  const kept = (text) => {
    said.textContent = text;
    line.classList.add("kept");
    bar.hidden = true;
    return false;
  };
  return async () => {
    try {
      let report;
      try {
        report = await put(false);
      } catch (error) {
        if (error.status !== 412) throw error;
        said.textContent = "is there already";
        if (!await mayReplace(`“${id}” is in the collection already. Replace it?`))
          return kept("kept as it was");
        report = await put(true);
      }
      if (report.kept.length > 0) {
        const some = `${counted(report.kept.length, "document")} of “${id}”`;
        if (await mayReplace(`${some} are in the collection already. Replace them?`)) report = await put(true);
      }
      bar.value = 1;
      const failed = report.failed.map((each) => each.error).join("; ");
      said.textContent = failed || told[report.status](report) +
        (report.kept.length > 0 ? `, ${report.kept.length} kept as they were` : "");
      line.classList.add(failed ? "failed" : "done");
      return !failed;
    } catch (error) {
      said.textContent = error.message;
      line.classList.add("failed");
      bar.hidden = true;
      return false;
    }
  };
}

// `files`: [{file, id}, …]
export async function uploadAll(files, makeCollection) {
  byId("uploads").replaceChildren();
  // All go where the first does, also when another collection is chosen meanwhile.
  let to = state.collection;
  const collection = async () => {
    if (!to) {
      await makeCollection();
      to = state.collection;
    }
    return to;
  };
  const mayReplace = replacing();
  const jobs = files.map((each) => send(each, collection, mayReplace));
  let good = 0;
  for (const job of jobs) if (await job()) ++good;
  byId("upload-status").textContent = `${good} of ${counted(jobs.length, "file")} stored.`;
  tell("documents");
}

export function startDocuments(makeCollection) {
  const drop = byId("drop");
  const over = (on) => drop.classList.toggle("over", on);
  // Anywhere on the page: a file that misses the box must not replace the page.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && over(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer.files.length === 0) return;
    location.hash = "#documents";
    dropped(event.dataTransfer).then((files) => uploadAll(files, makeCollection), (error) => {
      byId("documents-status").textContent = `What was dropped cannot be read: ${error.message}`;
    });
  });
  for (const input of ["files", "folder"])
    byId(input).addEventListener("change", (event) => {
      uploadAll(chosen(event.target.files), makeCollection);
      event.target.value = "";
    });
  byId("documents-more").addEventListener("click", () => list(true));
  when("collection", () => {
    byId("uploads").replaceChildren();
    list(false);
  });
  when("documents", () => list(false));
}
