// Where a passage stands, in a person's words: the place that its file has for it ("page 3"), or the part of
// the document in percent. Bytes are for programs.
export function placeOf(hit) {
  const place = typeof hit.place === "string" ? hit.place : hit.place?.text;
  return place ? `${hit.document} · ${place}` : hit.document;
}
