// Requests to the server. Failures are thrown as Failure, with the server's own words.

export class Failure extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const slot = "lectern.key";
export const key = {
  get: () => sessionStorage.getItem(slot) ?? "",
  set: (value) => (value ? sessionStorage.setItem(slot, value) : sessionStorage.removeItem(slot)),
};

export const headers = (more = {}) =>
  key.get() ? { ...more, Authorization: `Bearer ${key.get()}` } : more;

// Every segment of an id is escaped; its slashes stay. Of one with an empty segment ("docs/") or dots for
// one ("../a.md") they do not: what stands between here and there may take it out of the path.
export const path = (id) =>
  id.split("/").some((part) => ["", ".", ".."].includes(part))
    ? encodeURIComponent(id)
    : id.split("/").map(encodeURIComponent).join("/");
export const of = (collection, rest = "") => `/collections/${encodeURIComponent(collection)}${rest}`;

async function send(method, url, body, more = {}, signal) {
  const kind = body === undefined ? {} : { "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(url, {
      method, signal, headers: headers({ ...kind, ...more }),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, "The server cannot be reached.");
  }
  if (!response.ok) throw await failure(response);
  return response;
}

async function failure(response) {
  try {
    return new Failure(response.status, (await response.json()).detail);
  } catch {
    return new Failure(response.status, `The server said ${response.status}.`);
  }
}

export const get = async (url, signal) => (await send("GET", url, undefined, {}, signal)).json();
export const blob = async (url) => (await send("GET", url)).blob();
export const text = async (url) => (await send("GET", url)).text();
export const post = async (url, body, signal) => (await send("POST", url, body, {}, signal)).json();
export const put = async (url, body) => (await send("PUT", url, body)).json();
export const remove = (url) => send("DELETE", url);

// The events that are whole in `held`: on(name, data) for each. What is left is the next ones' beginning.
function take(held, on) {
  for (let end; (end = held.indexOf("\n\n")) >= 0; held = held.slice(end + 2)) {
    let name = "message";
    let data = "";
    for (const line of held.slice(0, end).split("\n")) {
      if (line.startsWith("event: ")) name = line.slice(7);
      else if (line.startsWith("data: ")) data += line.slice(6);
    }
    if (data) on(name, JSON.parse(data)); // else it is a comment, which keeps a connection alive
  }
  return held;
}

// Server-sent events of a POST.
export async function events(url, body, on, signal) {
  const response = await send("POST", url, body, { Accept: "text/event-stream" }, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held = take(held + value, on);
  }
}

// fetch() tells nothing of what was sent, so uploads are XMLHttpRequests. Unless `replace` is set, one
// fails with 412 when there is such a document already. `sent` and `stored` are told shares, 0 to 1: of the bytes, and
// of what the server does with them, where it says that. What fails before it begins has its status, not events.
export function upload(url, file, replace, sent, stored) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    const more = replace ? {} : { "If-None-Match": "*" };
    for (const [name, value] of Object.entries(headers({ ...more, Accept: "text/event-stream, application/json;q=0.9" })))
      request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && sent(event.loaded / event.total);
    request.upload.onload = () => sent(1);
    let held = "";
    let seen = 0;
    let last = null; // what ends the events
    const follow = () => {
      if (!request.getResponseHeader("Content-Type")?.startsWith("text/event-stream")) return;
      const text = request.responseText;
      held = take(held + text.slice(seen), (name, data) => {
        if (name === "progress") stored(data.fraction);
        else last = { name, data };
      });
      seen = text.length;
    };
    request.onprogress = follow;
    const said = () => {
      try {
        return JSON.parse(request.responseText);
      } catch {
        return null;
      }
    };
    request.onload = () => {
      follow();
      if (last?.name === "result") resolve(last.data);
      else if (last) reject(new Failure(last.data.status, last.data.detail));
      else if (request.status >= 300) reject(new Failure(request.status, said()?.detail ?? `The server said ${request.status}.`));
      else if (said()) resolve(said());
      else reject(new Failure(0, "The connection ended before the server said that the file is stored."));
    };
    request.onerror = () => reject(new Failure(0, "The server cannot be reached."));
    request.send(file);
  });
}
