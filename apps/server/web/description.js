// The server's interface as a page that one can try: from its own OpenAPI description.
import { get, headers } from "./api.js";
import { byId, el } from "./dom.js";
import { state } from "./state.js";

let shown = false;

// An example of what a schema wants, where it has none: its required fields, with empty values.
function example(schema, parts, depth = 0) {
  if (!schema || depth > 4) return null;
  if (schema.$ref) return example(parts[schema.$ref.split("/").at(-1)], parts, depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || schema.properties)
    return Object.fromEntries((schema.required ?? []).map((name) => [name, example(schema.properties?.[name], parts, depth + 1)]));
  return { string: schema.enum?.[0] ?? "", integer: schema.minimum ?? 0, number: 0, boolean: false, array: [] }[type] ?? null;
}

function form(method, at, operation, shared, parts) {
  const fields = [...shared, ...(operation.parameters ?? [])].filter((each) => !each.$ref && each.in !== "header");
  const inputs = new Map();
  const body = operation.requestBody?.content?.["application/json"];
  const rows = fields.map((each) => {
    const input = el("input", { type: "text", autocomplete: "off", spellcheck: "false", value: each.name === "name" ? state.collection : "" });
    inputs.set(each, input);
    return el("label", {}, `${each.name}${each.required ? "" : " (optional)"}`, input);
  });
  const sent = body && el("textarea", { rows: 6, spellcheck: "false" }, JSON.stringify(example(body.schema, parts) ?? {}, null, 2));
  if (sent) rows.push(el("label", {}, "Body", sent));
  const out = el("pre", { class: "scroll reply", tabindex: "0", role: "region", "aria-label": "Reply", hidden: true });
  const write = method !== "get";
  const go = el("button", { type: "submit", class: "main" }, write ? `Send (${method.toUpperCase()})` : "Send");
  return el("form", { class: "try", submit: async (event) => {
    event.preventDefault();
    let url = at;
    const query = new URLSearchParams();
    for (const [field, input] of inputs)
      if (field.in === "path") url = url.replace(`{${field.name}}`, encodeURIComponent(input.value));
      else if (input.value !== "") query.set(field.name, input.value);
    if (query.size > 0) url += `?${query}`;
    out.hidden = false;
    out.textContent = "…";
    try {
      const response = await fetch(url, { method: method.toUpperCase(), body: sent ? sent.value : undefined,
        headers: headers(sent ? { "Content-Type": "application/json" } : {}) });
      const said = await response.text();
      let text = said;
      try {
        text = JSON.stringify(JSON.parse(said), null, 2);
      } catch {
        // Not JSON: shown as it came.
      }
      out.textContent = `${response.status} ${response.statusText}\n\n${text.slice(0, 20000)}`;
    } catch {
      out.textContent = "The server cannot be reached.";
    }
  } }, ...rows, el("div", { class: "actions" }, go), out);
}

export async function showDescription() {
  if (shown) return;
  const list = byId("operations");
  try {
    const api = await get("/openapi.json");
    const parts = api.components.schemas;
    const all = [];
    for (const [at, methods] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(methods)) {
        if (!["get", "put", "post", "delete", "patch"].includes(method)) continue;
        const box = el("details", { class: "operation card" }, el("summary", {},
          el("span", { class: "method" }, method.toUpperCase()), el("span", { class: "at" }, at), el("span", { class: "note" }, operation.summary ?? "")));
        // The form is made when it is opened: it knows the collection of that moment.
        box.addEventListener("toggle", () => {
          if (box.open && box.childElementCount === 1)
            box.append(operation.description ? el("p", { class: "note" }, operation.description) : "", form(method, at, operation, methods.parameters ?? [], parts));
        });
        all.push(box);
      }
    list.replaceChildren(...all);
    byId("api-status").textContent = "";
    shown = true;
  } catch (error) {
    byId("api-status").textContent = error.message;
  }
}
