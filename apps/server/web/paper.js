// A document's text for reading. Every character of it is in the page, in order, so that a range of it can be
// marked wherever it lies; marks of Markdown are there and not shown. Text never becomes HTML.
import { el } from "./dom.js";

const last = /\.([A-Za-z0-9]{1,8})(?:#[^/]*)?$/;
// How a document is shown. Of a program "#" and "*" mean what its author says they do; texts that extractors make
// of pages and sheets have headings and tables, and no other marks.
export function looksOf(id, text) {
  const kind = last.exec(id)?.[1].toLowerCase() ?? "";
  if (/^(?:md|mdx|mdown|mkd|markdown|ipynb)$/.test(kind)) return "markdown";
  if (/^(?:html?|xhtml|docx?|odt|rtf|pptx?|odp|xlsx?|ods|epub|pdf)$/.test(kind)) return "parts";
  return kind === "" && headingsOf(text).length > 0 ? "markdown" : "plain";
}

// Somebody else may have written the text: none of these goes back and forth over long runs of the same signs.
const dash = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;
const fence = /^ {0,3}(`{3,}|~{3,})/;
const numbers = /^ {0,3}(#{1,6})[ \t]+/;
const item = /^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)/;
const quoted = /^ {0,3}>[ \t]?/;
const row = /^[ \t]*\|.*\|[ \t]*$/;
const barred = /^\| | \| | \|$/;
const inline = /(?<!`)(`+)(?!`)([^`\n]+)\1(?!`)|(\*\*|(?<!\w)__)(\S(?:.{0,500}?\S)??)\3|\*(?=[^\s*])([^*\n]*[^\s*])\*|!?\[([^[\]\n]*)\]\(([^()\s]+)(?:[ \t]+"[^"\n]*")?\)|\\[!-/:-@[-`{-~]/g;

// Of a heading's line its level, and where its words begin and end: signs that stand apart behind them are none.
function headOf(line) {
  const signs = numbers.exec(line);
  if (!signs) return null;
  const from = signs[0].length;
  const words = line.slice(from).trimEnd().replace(/(?:^|[ \t])#+$/, "").trimEnd();
  return { level: signs[1].length, from, to: from + words.length };
}

// The headings of the text: [{at, level, text}], none within code.
export function headingsOf(text) {
  const found = [];
  let closing = "";
  let at = 0;
  for (const line of text.split("\n")) {
    const open = fence.exec(line)?.[1];
    if (closing) {
      if (open?.startsWith(closing)) closing = "";
    } else if (open) closing = open;
    else {
      const head = headOf(line);
      if (head && head.to > head.from) found.push({ at, level: head.level, text: line.slice(head.from, head.to).replace(/[*`]/g, "") });
    }
    at += line.length + 1;
  }
  return found;
}

// Puts pieces of the text, by their places in it, below elements; what lies in [begin, end) is in marks.
class Paper {
  constructor(text, begin, end, marksShown) {
    Object.assign(this, { text, begin, end, marksShown, marks: [] });
  }

  #piece(parent, from, to, hidden) {
    if (to <= from) return;
    const marked = from >= this.begin && to <= this.end && this.end > this.begin;
    const words = this.text.slice(from, to);
    if (!marked && !hidden) return parent.append(words);
    const node = el(marked ? "mark" : "span", { class: [marked ? "cited" : "", hidden ? "markup" : ""].filter(Boolean).join(" ") }, words);
    if (marked) this.marks.push(node);
    parent.append(node);
  }

  put(parent, from, to, hidden = false) {
    const stops = [from, ...[this.begin, this.end].filter((stop) => stop > from && stop < to), to];
    for (let i = 0; i + 1 < stops.length; ++i) this.#piece(parent, stops[i], stops[i + 1], hidden);
  }

  // Bold, italic, code and links within a line or a paragraph.
  words(parent, from, to) {
    let done = from;
    if (this.marksShown || to - from > 20000) return this.put(parent, from, to);
    for (const match of this.text.slice(from, to).matchAll(inline)) {
      const at = from + match.index;
      const end = at + match[0].length;
      const [, ticks, code, stars, bold, italic, label, target] = match;
      const inner = code ?? bold ?? italic ?? label;
      const lead = ticks?.length ?? stars?.length ?? (italic !== undefined ? 1 : match[0].startsWith("!") ? 2 : 1);
      this.put(parent, done, at);
      done = end;
      if (inner === undefined) { // a sign that means nothing but itself
        this.put(parent, at, at + 1, true);
        this.put(parent, at + 1, end);
        continue;
      }
      this.put(parent, at, at + lead, true);
      const node = code !== undefined ? el("code") : bold !== undefined ? el("strong") : italic !== undefined ? el("em")
        : /^https?:\/\//i.test(target) && !match[0].startsWith("!") ? el("a", { href: target, target: "_blank", rel: "noopener noreferrer" }) : el("span");
      this.put(node, at + lead, at + lead + inner.length);
      parent.append(node);
      this.put(parent, at + lead + inner.length, end, true);
    }
    this.put(parent, done, to);
  }
}

// The cells of a row: [[from, to], …], without the bars and the blanks around them. Extractors put bars between
// cells only, so that of theirs a bar at the edge has an empty cell beside it.
function cellsOf(text, from, to, between) {
  const bars = [];
  for (let i = from; i < to; ++i) {
    if (text[i] === "\\") ++i;
    else if (text[i] === "|") bars.push(i);
  }
  const edges = [...new Set([from - 1, ...bars, to])];
  const cells = [];
  for (let i = 0; i + 1 < edges.length; ++i) {
    let [a, b] = [edges[i] + 1, edges[i + 1]];
    const blank = !text.slice(a, b).trim();
    if (blank && !between && (i === 0 || i + 2 === edges.length)) continue; // before the first bar, behind the last one
    while (a < b && /[ \t]/.test(text[a])) ++a;
    while (b > a && /[ \t]/.test(text[b - 1])) --b;
    cells.push([a, b]);
  }
  return cells;
}

function tableOf(paper, lines, between) {
  const { text } = paper;
  const headed = lines.length > 1 && dash.test(text.slice(lines[1].from, lines[1].to));
  const body = el("tbody");
  const head = el("thead");
  lines.forEach((line, number) => {
    const cells = cellsOf(text, line.from, line.to, between);
    if (headed && number === 1) { // its dashes are no row
      const last = head.querySelector("tr").lastElementChild;
      return paper.put(last, line.from, line.next, true);
    }
    const one = el("tr");
    let done = line.from;
    cells.forEach(([from, to], at) => {
      const cell = headed && number === 0 ? el("th", { scope: "col" }) : el("td");
      paper.put(cell, done, from, true);
      paper.words(cell, from, to);
      done = to;
      if (at + 1 === cells.length) paper.put(cell, done, line.next, true);
      one.append(cell);
    });
    if (cells.length === 0) {
      const cell = el("td");
      paper.put(cell, line.from, line.next, true);
      one.append(cell);
    }
    (headed && number === 0 ? head : body).append(one);
  });
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, headed ? head : null, body));
}

// Where the table that begins at this line ends: rows with bars at both sides, or with dashes below the first; of
// extractors' texts (`between`), rows with bars between their cells.
function tableEnd(text, lines, at, between) {
  const words = (i) => text.slice(lines[i].from, lines[i].to);
  const first = words(at);
  const below = at + 1 < lines.length ? words(at + 1) : "";
  if (between) {
    let end = at;
    while (end < lines.length && barred.test(words(end))) ++end;
    return end > at + 1 ? end : at;
  }
  const dashed = first.includes("|") && dash.test(below) && below.includes("-") && (below.includes("|") || row.test(first));
  if (!dashed && !(row.test(first) && row.test(below))) return at;
  let end = at + (dashed ? 2 : 1);
  while (end < lines.length && words(end).trim() && (row.test(words(end)) || (dashed && words(end).includes("|")))) ++end;
  return end;
}

// Puts the text into the box; the marks of the range, in order.
export function write(box, text, begin, end, looks) {
  const paper = new Paper(text, begin, end, looks !== "markdown");
  box.dataset.looks = looks;
  if (looks === "plain") {
    const plain = el("div", { class: "plain" });
    paper.put(plain, 0, text.length);
    box.append(plain);
    return paper.marks;
  }
  const lines = [];
  for (let from = 0; from < text.length;) {
    const found = text.indexOf("\n", from);
    const next = found < 0 ? text.length : found + 1;
    const to = found < 0 ? next : text[found - 1] === "\r" && found > from ? found - 1 : found;
    lines.push({ from, to, next });
    from = next;
  }
  const between = looks === "parts";
  let level = 2; // of the dialog's own heading: no level is left out below it
  for (let at = 0; at < lines.length;) {
    const { from, to, next } = lines[at];
    const words = text.slice(from, to);
    const opened = looks === "markdown" && fence.exec(words)?.[1];
    const head = headOf(words);
    const listed = looks === "markdown" ? item.exec(words) : null;
    const table = tableEnd(text, lines, at, between);
    if (!words.trim()) {
      paper.put(box, from, next, true);
      ++at;
    } else if (opened) {
      let final = at + 1;
      while (final < lines.length && !fence.exec(text.slice(lines[final].from, lines[final].to))?.[1].startsWith(opened)) ++final;
      const block = el("pre", { class: "code" });
      paper.put(block, from, next, true);
      if (final > at + 1) paper.put(block, next, lines[final - 1].next);
      if (final < lines.length) paper.put(block, lines[final].from, lines[final].next, true);
      box.append(block);
      at = final + 1;
    } else if (head) {
      level = Math.min(head.level + 2, level + 1, 6);
      const one = el(`h${level}`, { class: `heading level-${head.level}` });
      paper.put(one, from, from + head.from, true);
      paper.words(one, from + head.from, from + head.to);
      paper.put(one, from + head.to, next, true);
      box.append(one);
      ++at;
    } else if (table > at) {
      box.append(tableOf(paper, lines.slice(at, table), between));
      at = table;
    } else {
      // A paragraph, an item of a list or a quotation, with the lines that go on with it.
      const quote = (looks === "markdown" && quoted.exec(words)?.[0].length) || 0;
      const block = el("p", { class: listed ? "item" : quote ? "quoted" : "" });
      if (listed) {
        block.style.marginInlineStart = `${1.4 + Math.min(listed[1].replace(/\t/g, "    ").length, 12) * 0.45}em`;
        const numbered = /\d/.test(listed[2]);
        if (!numbered) block.classList.add("bullet");
        paper.put(block, from, from + (numbered ? listed[1].length : listed[0].length), true);
        if (numbered) paper.put(block, from + listed[1].length, from + listed[0].length);
      }
      let start = from + (listed?.[0].length ?? 0);
      let final = at;
      for (;;) {
        const line = lines[final];
        if (quote) {
          const lead = quoted.exec(text.slice(line.from, line.to))?.[0].length ?? 0;
          paper.put(block, line.from, line.from + lead, true);
          start = line.from + lead;
        }
        const after = lines[final + 1];
        const more = after && text.slice(after.from, after.to);
        const goes = after && more.trim() && !headOf(more) && tableEnd(text, lines, final + 1, between) === final + 1 &&
          (looks !== "markdown" || (!fence.test(more) && !item.test(more) && quoted.test(more) === quote > 0));
        if (!goes || quote) paper.words(block, start, line.next);
        ++final;
        if (!goes) break;
      }
      at = final;
      box.append(block);
    }
  }
  return paper.marks;
}
