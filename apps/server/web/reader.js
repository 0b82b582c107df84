// The source document in a dialog, at the exact bytes.
import { get, of, path } from "./api.js";
import { byId, bytes, counted, el } from "./dom.js";
import { state } from "./state.js";
import { cut } from "./text.js";

const dialog = byId("reader");
byId("reader-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

let opened = 0; // the document that was asked for last

export async function openDocument(id, begin = 0, end = 0) {
  const mine = ++opened;
  byId("reader-title").textContent = id;
  byId("reader-place").textContent = "Reading …";
  const paper = byId("reader-text");
  paper.replaceChildren();
  if (!dialog.open) dialog.showModal();
  let found;
  try {
    found = await get(of(state.collection, `/documents/${path(id)}`));
  } catch (error) {
    if (mine === opened) byId("reader-place").textContent = error.message;
    return;
  }
  if (mine !== opened) return;
  byId("reader-title").textContent = found.title || id;
  const [before, within, after] = cut(found.text, begin, end);
  if (!within) {
    const size = new TextEncoder().encode(found.text).length;
    byId("reader-place").textContent = `${id} · ${bytes(size)} · ${counted(found.chunks.length, "chunk")}`;
    paper.append(found.text);
    paper.scrollTop = 0;
    return;
  }
  byId("reader-place").textContent = `${id} · bytes ${begin} to ${end}`;
  const mark = el("mark", { tabindex: "-1", id: "cited" }, within);
  paper.append(before, mark, after);
  mark.scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
}
