// Upload by drag and drop or by choice, and the list of what is stored.
import { get, of, path, remove, upload } from "./api.js";
import { byId, bytes, counted, el } from "./dom.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";

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

// `collection`: gives its name, when its turn comes.
function send(file, collection) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const said = el("span", { class: "note" }, "waiting");
  const line = el("li", { class: "card" }, el("div", { class: "line" }, el("span", {}, file.name), said), bar);
  byId("uploads").append(line);
  return async () => {
    try {
      const report = await upload(of(await collection(), `/files/${path(file.name)}`), file, (part) => {
        bar.value = part * 0.9; // the rest is reading and embedding
        said.textContent = part < 1 ? `${Math.round(part * 100)} % sent` : "being read …";
      });
      bar.value = 1;
      const failed = report.failed.map((each) => each.error).join("; ");
      said.textContent = failed || (report.documents === 0 && report.skipped > 0
        ? "unchanged" : `${counted(report.documents, "document")}, ${counted(report.chunks, "chunk")}`);
      line.classList.add(failed ? "failed" : "done");
      return !failed;
    } catch (error) {
      said.textContent = error.message;
      line.classList.add("failed");
      return false;
    }
  };
}

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
  const jobs = [...files].map((file) => send(file, collection));
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
    uploadAll(event.dataTransfer.files, makeCollection);
  });
  byId("files").addEventListener("change", (event) => {
    uploadAll(event.target.files, makeCollection);
    event.target.value = "";
  });
  byId("documents-more").addEventListener("click", () => list(true));
  when("collection", () => {
    byId("uploads").replaceChildren();
    list(false);
  });
  when("documents", () => list(false));
}
