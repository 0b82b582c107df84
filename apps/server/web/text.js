// Byte offsets of UTF-8, which the server speaks, in strings, which are UTF-16.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // what is left out would move every place behind it

// The text before, in and behind the bytes [begin, end).
export function cut(text, begin, end) {
  const bytes = encoder.encode(text);
  const piece = (from, to) => decoder.decode(bytes.subarray(from, to));
  return [piece(0, begin), piece(begin, end), piece(end, bytes.length)];
}

// A hit's text in pieces, its highlights marked, without white space around it.
export function highlighted({ text, begin, highlights }) {
  const bytes = encoder.encode(text);
  const pieces = [];
  let done = 0;
  const add = (end, marked) => {
    if (end > done) pieces.push({ text: decoder.decode(bytes.subarray(done, end)), marked });
    done = Math.max(done, end);
  };
  for (const range of highlights) {
    add(range.begin - begin, false);
    add(range.end - begin, true);
  }
  add(bytes.length, false);
  if (pieces.length > 0) {
    pieces[0].text = pieces[0].text.trimStart();
    pieces.at(-1).text = pieces.at(-1).text.trimEnd();
  }
  return pieces;
}

const common = new Set(("a an and are as at be but by can did do does for from had has have how in is it its " +
  "not of on or our so than that the their there they this to was were what when where which who " +
  "why will with you your").split(" "));
const words = /[\p{L}\p{M}\p{N}]+/gu;
const folded = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
// Enough for plurals and verb forms: the first letters of a long word.
const stem = (word) => (word.length > 5 ? word.slice(0, Math.max(5, word.length - 3)) : word);

// The text in pieces, those marked that begin like a word of the query:
// [{text: "The ", marked: false}, …].
export function marked(text, query) {
  const stems = [];
  for (const [word] of query.matchAll(words)) {
    const plain = folded(word);
    if (plain.length > 1 && !common.has(plain)) stems.push(stem(plain));
  }
  const pieces = [];
  let done = 0;
  for (const match of text.matchAll(words)) {
    const plain = folded(match[0]);
    const hit = stems.some((each) =>
      each.length > 3 ? plain.startsWith(each) && plain.length < each.length + 6 : plain === each);
    if (!hit) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), marked: false });
    pieces.push({ text: match[0], marked: true });
    done = match.index + match[0].length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), marked: false });
  return pieces;
}
