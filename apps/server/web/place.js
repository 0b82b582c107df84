// Where a passage stands, in a person's words: the place that its file has for it ("page 3"). Bytes are for programs.
export const placeText = ({ place }) => (typeof place === "string" ? place : place?.text) ?? "";

export function placeOf(hit) {
  const place = placeText(hit);
  return place ? `${hit.document} · ${place}` : hit.document;
}
