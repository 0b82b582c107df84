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

// Server-sent events of a POST: on(name, data) for each.
export async function events(url, body, on, signal) {
  const response = await send("POST", url, body, { Accept: "text/event-stream" }, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value;
    for (let end; (end = held.indexOf("\n\n")) >= 0; held = held.slice(end + 2)) {
      let name = "message";
      let data = "";
      for (const line of held.slice(0, end).split("\n")) {
        if (line.startsWith("event: ")) name = line.slice(7);
        else if (line.startsWith("data: ")) data += line.slice(6);
      }
      on(name, JSON.parse(data));
    }
  }
}

// fetch() tells nothing of what was sent, so uploads are XMLHttpRequests. Unless `replace` is set, one
// fails with 412 when there is such a document already.
export function upload(url, file, replace, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    const more = replace ? {} : { "If-None-Match": "*" };
    for (const [name, value] of Object.entries(headers(more))) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.upload.onload = () => progress(1);
    request.onload = () =>
      request.status < 300
        ? resolve(request.response)
        : reject(new Failure(request.status, request.response?.detail ?? `The server said ${request.status}.`));
    request.onerror = () => reject(new Failure(0, "The server cannot be reached."));
    request.send(file);
  });
}
