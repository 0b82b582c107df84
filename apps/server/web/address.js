// The address of what is shown: "#search?in=notes&q=tides&k=20", so that a reload, Back and a link that
// is sent all work. `d`, `begin` and `end` name the document that is open above a view.
import { tell } from "./state.js";

export const views = ["search", "ask", "documents", "overview", "pipeline", "api"];

export function here() {
  const [name, query = ""] = location.hash.slice(1).split("?", 2);
  return { view: views.includes(name) ? name : "search", params: new URLSearchParams(query) };
}

// The address with other parameters; an empty one is left out.
export function link(view, params) {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== "" && value != null) kept.set(name, value);
  const query = kept.toString();
  return `#${view}${query ? `?${query}` : ""}`;
}

// Goes there. `replace`: not a step that Back returns from. Nothing is told: who goes knows.
export function go(view, params, { replace = false } = {}) {
  const to = link(view, params);
  if (to === location.hash) return;
  if (replace || history.state?.spare) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
}

// The same view with some parameters changed.
export function change(changes, options) {
  const { view, params } = here();
  go(view, { ...Object.fromEntries(params), ...changes }, options);
}

// What was open is closed: its step stays and is used by the next one, so that Back does not open it again
// and again.
export function close(names) {
  const { view, params } = here();
  for (const name of names) params.delete(name);
  history.replaceState({ spare: true }, "", link(view, Object.fromEntries(params)));
}

addEventListener("popstate", () => tell("address"));
