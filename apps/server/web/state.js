// What the views share: the collection at hand and the last request's stages.

export const state = {
  collection: "",
  last: null, // {what, text, milliseconds, stages}
  searchFields: new Set(), // what the server's search takes, by its own description
};

const changed = new EventTarget();
// `what`: "collection", "documents" or "last".
export const tell = (what) => changed.dispatchEvent(new Event(what));
export const when = (what, act) => changed.addEventListener(what, act);
