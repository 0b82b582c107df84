// What was chosen or dropped, as a list of files with the ids that they get: of a file its name, of
// one in a folder its path from that folder on. Hidden files of folders are passed over, as by
// `lectern ingest`.

const hidden = (id) => id.split("/").some((part) => part.startsWith("."));

// Of <input type="file">, of files or of a folder.
export const chosen = (files) =>
  [...files].map((file) => ({ file, id: file.webkitRelativePath || file.name }))
    .filter(({ file, id }) => !file.webkitRelativePath || !hidden(id));

// Entries of a folder come in batches; an empty one is the last.
async function entriesOf(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry, found) {
  const id = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    found.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), id });
    return;
  }
  for (const each of await entriesOf(entry)) if (!hidden(each.name)) await walk(each, found);
}

// Of a drop. What it holds must be taken out of the event at once: afterwards it is empty.
export async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const taken = items.map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
  const found = [];
  for (const [entry, file] of taken) {
    if (entry) await walk(entry, found);
    else if (file) found.push({ file, id: file.name });
  }
  return found;
}
