// The conversation of each collection, kept in the browser: for ever, or with a key until the tab is closed,
// as what only a key opens should not outlive it.
import { key } from "./api.js";

const most = 30; // turns
const slot = (collection) => `lectern.talk.${collection}`;
const store = () => (key.get() ? sessionStorage : localStorage);

export function turnsOf(collection) {
  try {
    const turns = JSON.parse(store().getItem(slot(collection)) ?? "[]");
    return Array.isArray(turns) ? turns : [];
  } catch {
    return [];
  }
}

export function keep(collection, turns) {
  try {
    if (turns.length === 0) store().removeItem(slot(collection));
    else store().setItem(slot(collection), JSON.stringify(turns.slice(-most)));
  } catch {
    // The store is full or forbidden: the conversation lasts as long as the page.
  }
}

// What the server reads of it.
export const historyOf = (turns) =>
  turns.filter((turn) => turn.status).slice(-8)
    .map((turn) => ({ question: turn.asked || turn.question, answer: turn.status === "abstained" ? "" : turn.answer }));
