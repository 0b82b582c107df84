// Upload by drag and drop or by choice, and the list of what is stored.
import { change, here, link } from "./address.js";
import { get, of, path, remove, upload } from "./api.js";
import { byId, bytes, counted, el } from "./dom.js";
import { learn, toSort } from "./fields.js";
import { openDocument } from "./reader.js";
import { state, tell, when } from "./state.js";
import { chosen, dropped } from "./uploads.js";

const page = 50;
let next = "";
let listed = 0; // the list that was asked for last
const picked = new Map(); // id → its row

const metadataOf = (found) => Object.entries(found.metadata ?? {}).slice(0, 4)
  .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");

function showPicked() {
  byId("documents-picked").hidden = picked.size === 0;
  byId("documents-delete").textContent = `Delete ${counted(picked.size, "document")}`;
}

async function removeAll(ids) {
  const what = ids.length === 1 ? `“${ids[0]}”` : counted(ids.length, "document");
  if (!confirm(`Delete ${what}? This cannot be undone.`)) return;
  let gone = 0;
  let failure = "";
  for (const id of ids) {
    try {
      await remove(of(state.collection, `/documents/${path(id)}`));
      picked.delete(id);
      ++gone;
    } catch (error) {
      failure = `${id}: ${error.message}`;
      break;
    }
  }
  tell("documents");
  said = failure || `${gone === 1 ? ids[0] : counted(gone, "document")} deleted.`;
}
let said = ""; // about what was just done, before the figures of the list

function row(found) {
  const title = el("button", { type: "button", class: "title", click: () => openDocument(found.document) }, found.title || found.document);
  const note = el("p", { class: "note" }, `${found.document} · ${bytes(found.bytes)} · ${counted(found.chunks, "passage")}`);
  const more = metadataOf(found);
  const body = el("div", { class: "about" }, title, note, more ? el("p", { class: "note" }, more) : null);
  if (!state.rights.has("write")) return el("li", { class: "card line" }, body);
  const pick = el("input", { type: "checkbox", "aria-label": `Choose ${found.document}`, checked: picked.has(found.document), change: () => {
    if (pick.checked) picked.set(found.document, true);
    else picked.delete(found.document);
    showPicked();
  } });
  const away = el("button", { type: "button", class: "quiet", "aria-label": `Delete ${found.document}`,
    click: () => removeAll([found.document]) }, "Delete");
  return el("li", { class: "card line" }, pick, body, away);
}

async function total() {
  const collection = state.collection;
  if (!collection) return tell("first");
  try {
    const { documents } = await get(of(collection, "/count"));
    if (collection === state.collection) state.documents = documents;
  } catch {
    state.documents = null;
  }
  tell("first");
}

// The server lists in the order of ids. For another order all are read first, up to so many.
const mostSorted = 5000;
const orders = {
  title: (a, b) => (a.title || a.document).localeCompare(b.title || b.document, undefined, { numeric: true, sensitivity: "base" }),
  size: (a, b) => b.bytes - a.bytes,
  passages: (a, b) => b.chunks - a.chunks,
};
// "by:year" is by a field of the metadata, the largest first; what has none of it comes last.
const by = "by:";
const valueOf = (document, field) => {
  let value = document.metadata ?? {};
  for (const name of Object.hasOwn(value, field) ? [field] : field.split("."))
    value = value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : undefined;
  value = Array.isArray(value) ? value[0] : value;
  return value === null || typeof value === "object" ? undefined : value;
};
function orderOf(order) {
  if (!order.startsWith(by)) return orders[order];
  const field = order.slice(by.length);
  return (a, b) => {
    const [left, right] = [valueOf(a, field), valueOf(b, field)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    if (typeof left !== typeof right) return typeof left < typeof right ? -1 : 1;
    return left < right ? 1 : left > right ? -1 : 0;
  };
}
const known = (order) => Object.hasOwn(orders, order) || (order.startsWith(by) && order.length > by.length);

// The fields that sort, behind the orders that every collection has. `wanted`: is there in any case.
function offerOrders(wanted = byId("documents-sort").value) {
  const select = byId("documents-sort");
  const fields = toSort().map(({ name, dates }) => [by + name, `${name}, ${dates ? "newest" : "largest"} first`]);
  if (wanted.startsWith(by) && !fields.some(([value]) => value === wanted)) fields.push([wanted, wanted.slice(by.length)]);
  for (const old of select.querySelectorAll(`[value^="${by}"]`)) old.remove();
  select.append(...fields.map(([value, text]) => el("option", { value }, text)));
  select.value = wanted;
}
let sorted = null; // of another order: what is not shown yet
let cut = false; // there are more than are sorted

const asked = (limit, after, name) => {
  const query = new URLSearchParams({ limit, after });
  if (name) query.set("name", name);
  return get(of(state.collection, `/documents?${query}`));
};

async function allSorted(order, name, current) {
  const all = [];
  let after = "";
  do {
    const found = await asked(1000, after, name);
    all.push(...found.documents);
    after = found.next ?? "";
  } while (after && all.length < mostSorted && current());
  cut = after !== "";
  return all.sort(orderOf(order));
}

async function list(more) {
  const shown = byId("documents");
  if (!more) {
    next = "";
    sorted = null;
    picked.clear();
    showPicked();
  }
  byId("documents-more").hidden = true;
  const mine = ++listed;
  const current = () => mine === listed; // no other collection, and no newer list
  if (!state.collection) {
    shown.replaceChildren();
    byId("documents-status").textContent = "There is no collection yet: the first upload makes one.";
    return;
  }
  const name = byId("documents-name").value.trim();
  const order = byId("documents-sort").value;
  try {
    let found;
    if (order) {
      const all = sorted ?? await allSorted(order, name, current);
      if (!current()) return;
      found = { documents: all.slice(0, page), next: all.length > page ? "more" : "" };
      sorted = all.slice(page);
    } else found = await asked(page, next, name);
    if (!current()) return;
    const rows = found.documents.map(row);
    if (more) shown.append(...rows);
    else shown.replaceChildren(...rows);
    next = found.next ?? "";
    byId("documents-more").hidden = !next;
    const count = shown.childElementCount;
    const all = !name && state.documents !== null ? `${counted(count, "document")}${next ? ` of ${state.documents}` : ""}`
      : `${counted(count, "document")}${next ? " and more" : ""}`;
    const sortedNote = order && cut ? ` The first ${mostSorted} were put in order.` : "";
    const plain = count > 0 ? all + sortedNote : name ? `No document has “${name}” in its name.` : "Nothing is stored yet.";
    byId("documents-status").textContent = said ? `${said} ${plain}` : plain;
    said = "";
  } catch (error) {
    if (current()) byId("documents-status").textContent = error.message;
  }
}

// The list as its address has it.
function addressed() {
  const { view, params } = here();
  if (view !== "documents" || (params.get("in") && params.get("in") !== state.collection)) return;
  const name = params.get("name") ?? "";
  const order = known(params.get("sort") ?? "") ? params.get("sort") : "";
  learn();
  if (byId("documents-name").value === name && byId("documents-sort").value === order) return;
  byId("documents-name").value = name;
  offerOrders(order);
  list(false);
}
const say = () => {
  if (here().view === "documents") change({ in: state.collection, name: byId("documents-name").value.trim(), sort: byId("documents-sort").value }, { replace: true });
};

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

// Errors name stages and plugins for those who wrote the pipeline; here a person reads them.
const plainly = (message) => message.replace(/^(?:[^:]{1,300}: )?(?:stage '[^']*'(?: \(plugin [^)]*\))?: )+/, "");

const told = {
  created: (report) => `${counted(report.documents, "document")}, ${counted(report.chunks, "passage")}`,
  replaced: (report) => `replaced: ${told.created(report)}`,
  unchanged: () => "unchanged",
};

// `collection`: gives its name, when its turn comes. `mayReplace`: asks.
function send({ file, id }, collection, mayReplace) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": `Upload of ${id}` });
  const said = el("span", { class: "note" }, "waiting");
  const retry = el("button", { type: "button", class: "quiet small", hidden: true }, "Try again");
  const line = el("li", { class: "card" }, el("div", { class: "line" }, el("span", {}, id), said, retry), bar);
  byId("uploads").append(line);
  const put = async (replace) => {
    let begun = 0;
    const tick = () => {
      const seconds = Math.round((Date.now() - begun) / 1000);
      const so = [bar.position >= 0 ? `${Math.round(bar.value * 100)} %` : "", seconds > 1 ? `${seconds} s` : ""].filter(Boolean);
      said.textContent = `being read and made searchable … ${so.join(", ")}`.trimEnd();
    };
    const sent = (part) => {
      if (part < 1) {
        bar.value = part;
        said.textContent = `${Math.round(part * 100)} % sent`;
        return;
      }
      bar.removeAttribute("value"); // the server says how far it is when it knows
      begun = Date.now();
      clearInterval(ticking);
      ticking = setInterval(tick, 1000);
      tick();
    };
    const stored = (fraction) => {
      bar.value = fraction;
      tick();
    };
    return upload(of(await collection(), `/files/${path(id)}`), file, replace, sent, stored);
  };
  let ticking = 0;
  const kept = (text) => {
    said.textContent = text;
    line.classList.add("kept");
    bar.hidden = true;
    return false;
  };
  const job = async () => {
    try {
      let report;
      try {
        report = await put(false);
      } catch (error) {
        if (error.status !== 412) throw error;
        clearInterval(ticking);
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
      if (failed) bar.hidden = true;
      said.textContent = plainly(failed) || told[report.status](report) +
        (report.kept.length > 0 ? `, ${report.kept.length} kept as they were` : "");
      line.classList.add(failed ? "failed" : "done");
      return !failed;
    } catch (error) {
      said.textContent = plainly(error.message);
      line.classList.add("failed");
      bar.hidden = true;
      retry.hidden = false;
      return false;
    } finally {
      clearInterval(ticking);
    }
  };
  retry.addEventListener("click", async () => {
    line.classList.remove("failed");
    bar.hidden = false;
    bar.value = 0;
    retry.hidden = true;
    if (await job()) tell("documents");
  });
  return job;
}

let uploading = 0; // of uploads, how many are under way

// `files`: [{file, id}, …]
export async function uploadAll(files, makeCollection) {
  if (uploading === 0) byId("uploads").replaceChildren();
  ++uploading;
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
  let tried = 0;
  for (const job of jobs) {
    byId("upload-status").textContent = jobs.length > 1 ? `File ${++tried} of ${jobs.length} …` : "";
    if (await job()) ++good;
  }
  --uploading;
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
    location.hash = link("documents", { in: state.collection });
    if (!state.rights.has("write")) {
      byId("upload-status").textContent = "This key may only read here: nothing was added.";
      return;
    }
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
  byId("documents-delete").addEventListener("click", () => removeAll([...picked.keys()]));
  let timer = 0;
  byId("documents-name").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      say();
      list(false);
    }, 200);
  });
  byId("documents-sort").addEventListener("change", () => {
    say();
    list(false);
  });
  const afresh = async () => {
    byId("drop").hidden = !state.rights.has("write");
    if (here().view === "documents") learn();
    await total();
    await list(false);
  };
  when("collection", () => {
    // What is still on its way is seen, also when the first upload has made the collection.
    if (uploading === 0) {
      byId("uploads").replaceChildren();
      byId("upload-status").textContent = "";
    }
    byId("documents-name").value = "";
    offerOrders("");
    byId("documents").replaceChildren();
    addressed(); // before the list is asked for once more, which counts
    afresh();
  });
  when("documents", afresh);
  when("metadata", () => offerOrders());
  when("address", addressed);
}
