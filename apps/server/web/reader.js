// The source document in a dialog, at the exact bytes.
import { change, close, here } from "./address.js";
import { blob, get, of, path } from "./api.js";
import { byId, bytes, counted, el } from "./dom.js";
import { headingsOf, looksOf, write } from "./paper.js";
import { placeText } from "./place.js";
import { state, when } from "./state.js";
import { cut } from "./text.js";

const dialog = byId("reader");
byId("reader-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => here().params.has("d") && close(["d", "begin", "end"]));

let opened = 0; // the document that was asked for last
let walk = null; // {among: sources, at}: those that "next" and "previous" go through

// Where the passage stands, for a person: the place that its file has for it, the heading above it, or how far into
// the document it is.
function standing(found, begin, before, looks) {
  const hit = walk?.among[walk.at];
  const told = hit && placeText(hit);
  if (told) return told;
  const chunk = found.chunks.find((each) => each.begin <= begin && begin < each.end);
  const place = chunk && placeText(chunk);
  const heading = looks === "plain" ? null : headingsOf(before).at(-1);
  // A section is that in which the chunk begins; the passage may have one of its own.
  if (place && !(heading && place.startsWith("section "))) return place;
  if (heading) return `under “${heading.text}”`;
  const share = Math.round((before.length / Math.max(1, found.text.length)) * 100);
  return share < 5 ? "at its beginning" : `${share} % into it`;
}

// Of a collection that keeps originals. With the key, which a link would not send; the file is saved, never shown.
async function saveOriginal(id) {
  const button = byId("reader-original");
  button.disabled = true;
  try {
    const url = URL.createObjectURL(await blob(of(state.collection, `/files/${path(id)}`)));
    el("a", { href: url, download: id.split("/").at(-1) || id }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  } catch (error) {
    byId("reader-place").textContent = error.message;
  }
  button.disabled = false;
}
let shown = ""; // the document that can be saved
byId("reader-original").addEventListener("click", () => saveOriginal(shown));

function walking() {
  const box = byId("reader-walk");
  box.hidden = !walk || walk.among.length < 2;
  if (box.hidden) return;
  byId("reader-at").textContent = `Source ${walk.at + 1} of ${walk.among.length}`;
  byId("reader-previous").disabled = walk.at === 0;
  byId("reader-next").disabled = walk.at === walk.among.length - 1;
}
function step(by) {
  const { among, at } = walk;
  const to = among[at + by];
  if (to) openDocument(to.document, to.begin, to.end, { among, at: at + by });
}
byId("reader-previous").addEventListener("click", () => step(-1));
byId("reader-next").addEventListener("click", () => step(1));

export function openDocument(id, begin = 0, end = 0, through = null) {
  walk = through;
  const changes = { in: state.collection, d: id, begin: end > begin ? begin : "", end: end > begin ? end : "" };
  change(changes, { replace: dialog.open });
  return show(id, begin, end);
}

async function show(id, begin, end) {
  const mine = ++opened;
  byId("reader-title").textContent = id;
  byId("reader-place").textContent = "Reading …";
  walking();
  const paper = byId("reader-text");
  paper.replaceChildren();
  byId("reader-original").hidden = true;
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
  shown = id;
  byId("reader-original").hidden = !found.original_bytes;
  byId("reader-original").textContent = `Save the file (${bytes(found.original_bytes ?? 0)})`;
  const [before, within] = cut(found.text, begin, end);
  const looks = looksOf(id, found.text);
  const marks = write(paper, found.text, before.length, before.length + within.length, looks);
  byId("reader-place").textContent = marks.length > 0 ? `${id} · ${standing(found, begin, before, looks)}`
    : `${id} · ${counted(found.chunks.length, "passage")}`;
  if (marks.length === 0) {
    paper.scrollTop = 0;
    return;
  }
  const first = marks.find((mark) => !mark.classList.contains("markup")) ?? marks[0];
  first.id = "cited";
  first.tabIndex = -1;
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
}

// Back, forward and links.
when("address", () => {
  const { params } = here();
  const id = params.get("d");
  if (!id) {
    if (dialog.open) dialog.close();
    return;
  }
  if (!state.collection || (params.get("in") && params.get("in") !== state.collection)) return;
  walk = null;
  show(id, Number(params.get("begin") ?? 0), Number(params.get("end") ?? 0));
});
