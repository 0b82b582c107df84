// The source document in a dialog, at the exact bytes.
import { change, close, here } from "./address.js";
import { get, of, path } from "./api.js";
import { byId, bytes, counted, el } from "./dom.js";
import { placeOf } from "./place.js";
import { state, when } from "./state.js";
import { cut } from "./text.js";

const dialog = byId("reader");
byId("reader-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => here().params.has("d") && close(["d", "begin", "end"]));

let opened = 0; // the document that was asked for last
let walk = null; // {among: sources, at}: those that "next" and "previous" go through

// Markdown as it is written, but with its parts told apart for the eye: every character of the text stays, so
// that byte ranges do.
const line = /[^\n]*\n?/g;
function dressed(text, inside) {
  const nodes = [];
  let fenced = inside.fenced;
  for (const [row] of text.matchAll(line)) {
    if (!row) continue;
    const fence = /^ {0,3}(```|~~~)/.test(row);
    const kind = fence || fenced ? "code" : /^ {0,3}#{1,6} /.test(row) ? `heading level-${/#+/.exec(row)[0].length}`
      : /^ {0,3}\|.*\|\s*$/.test(row) ? "code" : /^ {0,3}> /.test(row) ? "quoted" : "";
    if (fence) fenced = !fenced;
    nodes.push(kind ? el("span", { class: kind }, row) : row);
  }
  inside.fenced = fenced;
  return nodes;
}

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
  const inside = { fenced: false };
  if (!within) {
    const size = new TextEncoder().encode(found.text).length;
    byId("reader-place").textContent = `${id} · ${bytes(size)} · ${counted(found.chunks.length, "chunk")}`;
    paper.append(...dressed(found.text, inside));
    paper.scrollTop = 0;
    return;
  }
  const source = walk?.among[walk.at];
  byId("reader-place").textContent = `${source ? placeOf(source) : id} · bytes ${begin} to ${end}`;
  const mark = el("mark", { tabindex: "-1", id: "cited" }, within);
  paper.append(...dressed(before, inside), mark, ...dressed(after, inside));
  mark.scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
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
