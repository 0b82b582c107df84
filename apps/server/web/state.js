// What the views share: the collection at hand and the last request's stages.

export const state = {
  collection: "",
  listed: false, // the collections are known: without one at hand there is none
  last: null, // {what, text, milliseconds, stages}
  searchFields: new Set(), // what the server's search takes, by its own description
  askFields: new Set(), // and its ask
  rights: new Set(), // of the key at this collection: "read", "write", "admin"
  documents: null, // how many the collection has, where it is known
};

const changed = new EventTarget();
// `what`: "address", "collection", "documents" (some came or went), "fields", "first" (what a newcomer is
// told may have changed) or "last".
export const tell = (what) => changed.dispatchEvent(new Event(what));
export const when = (what, act) => changed.addEventListener(what, act);
