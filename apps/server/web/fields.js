// The metadata of the collection at hand: what its fields are called, to write conditions with, and which of them
// sort documents into few enough groups to choose from.
import { get, of } from "./api.js";
import { byId, el } from "./dom.js";
import { state, tell, when } from "./state.js";

const looked = 200; // documents
const groups = 12; // values that a field to choose from has at most
const nothing = { collection: "", names: [], toChoose: [], values: new Map() };
let known = nothing;
let asked = "";

// Fields that put documents in an order: those whose values are all numbers, or all dates. Dates of one field are
// written alike, so that their letters have their order.
const date = /^\d{4}-\d\d(?:-\d\d(?:[T ].*)?)?$/;
export const toSort = () => (known.collection === state.collection ? known.names : []).flatMap((name) => {
  const seen = [...(known.values.get(name)?.keys() ?? [])];
  if (seen.length < 2) return [];
  if (seen.every((value) => typeof value === "number")) return [{ name, dates: false }];
  return seen.every((value) => typeof value === "string" && date.test(value)) ? [{ name, dates: true }] : [];
}).slice(0, 8);

export const toChoose = () => (known.collection === state.collection ? known.toChoose : []);

// The server counts by what values look like; a condition wants a number where documents have one.
export function typed(field, text) {
  const seen = [...(known.values.get(field)?.keys() ?? [])];
  const same = seen.find((value) => String(value) === text);
  if (same !== undefined) return same;
  return seen.length > 0 && seen.every((value) => typeof value === "number") && Number.isFinite(Number(text)) ? Number(text) : text;
}

// As the language of conditions has it (docs/filters.md).
export const quoted = (value) => (typeof value === "string" ? `"${value.replace(/[\\"]/g, "\\$&")}"` : String(value));
export const named = (field) =>
  /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(field) && !/^(?:and|or|not|in|exists|contains|begins)$/i.test(field) ? field : `\`${field.replace(/[\\`]/g, "\\$&")}\``;

function gather(documents) {
  const values = new Map(); // field → (value → how often)
  const add = (name, value) => {
    if (value !== null && typeof value === "object" && !Array.isArray(value))
      for (const [inner, each] of Object.entries(value)) add(`${name}.${inner}`, each);
    else for (const each of Array.isArray(value) ? value : [value]) {
      if (each === null || typeof each === "object") continue;
      if (!values.has(name)) values.set(name, new Map());
      values.get(name).set(each, (values.get(name).get(each) ?? 0) + 1);
    }
  };
  for (const { metadata } of documents) for (const [name, value] of Object.entries(metadata ?? {})) add(name, value);
  const names = [...values.keys()].sort();
  const few = names.filter((name) => values.get(name).size > 1 && values.get(name).size <= groups &&
    [...values.get(name).keys()].every((value) => String(value).length <= 40));
  return { names, toChoose: few.slice(0, 4), values };
}

// Once a collection, when somebody looks at the filters.
export async function learn() {
  const { collection } = state;
  if (!collection || known.collection === collection || asked === collection) return;
  asked = collection;
  try {
    const { documents } = await get(of(collection, `/documents?limit=${looked}`));
    if (collection !== state.collection) return;
    known = { collection, ...gather(documents) };
    suggest();
    tell("metadata");
  } catch {
    // What is wrong is said where the documents are; conditions can be written without help.
  } finally {
    if (asked === collection) asked = "";
  }
}

function suggest() {
  for (const [box, input] of [["filter-names", "filter"], ["ask-filter-names", "ask-filter"]]) {
    const names = known.collection === state.collection ? known.names.slice(0, 12) : [];
    byId(box).hidden = names.length === 0;
    byId(box).replaceChildren("Fields: ", ...names.map((name) => el("button", { type: "button", class: "chip", click: () => {
      const field = byId(input);
      field.focus();
      const lead = field.value.slice(0, field.selectionStart);
      const word = `${lead && !/[\s(]$/.test(lead) ? " and " : ""}${named(name)} `;
      field.setRangeText(word, field.selectionStart, field.selectionEnd, "end");
    } }, name)));
  }
}

const forget = () => {
  known = nothing;
  suggest();
};
when("collection", () => {
  forget();
  if ([...document.querySelectorAll("main .filters")].some((each) => each.open)) learn();
});
when("documents", () => {
  forget();
  if ([...document.querySelectorAll("main .filters")].some((each) => each.open)) learn();
});
for (const each of document.querySelectorAll("main .filters")) each.addEventListener("toggle", () => each.open && learn());
