// The web page in headless Chromium: what people do with it, with the mouse and with keys alone.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";

const url = process.env.LECTERN_URL;
const tides = process.env.LECTERN_TIDES;
const require = createRequire(`${process.env.LECTERN_CLIENTS_DIR}/node/package.json`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const slow = { timeout: 60_000 }; // the first request of a kind loads models

let browser;
let context;
let page;
let complaints; // console errors, page errors, requests to other hosts
let allowed; // what complaints of a test may have in them

before(async () => {
  const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  assert.ok(program, "Chromium is missing: run setup/packages.sh --check");
  browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
});
after(() => browser?.close());

async function open(options = {}, at = url) {
  // bypassCSP stays off: axe is brought in through the debugger, which the policy does not bind.
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en", ...options });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
  complaints = [];
  allowed = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(at)) complaints.push(`a request to ${request.url()}`);
  });
  await page.goto(at);
  // Who begins before the page has its collections is a test of its own.
  await page.waitForSelector("#collection option, #key-dialog[open]", { state: "attached", ...slow });
}
beforeEach(() => open());
const held = []; // what lets requests go that a test holds back
afterEach(async () => {
  for (const release of held.splice(0)) release();
  await context.close();
  assert.deepEqual(complaints.filter((text) => !allowed.some((part) => text.includes(part))), []);
});

const go = (view) => page.click(`[data-view=${view}]`);
async function search(text) {
  await page.fill("#query", text);
  await page.waitForSelector("#hits .card", slow);
}
async function ask(question) {
  await go("ask");
  if (!await page.isVisible("#extractive")) await page.click("#view-ask .filters summary");
  await page.check("#extractive");
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await page.waitForSelector(".turn:last-child .answer[data-status=extractive]", slow);
}
async function accessible(what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map((each) =>
    `${what}: ${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`), []);
}
// The whole range that is marked, marks of Markdown within it too, and where it begins in the document, in bytes.
const cited = async () => {
  const marks = page.locator("#reader-text mark.cited");
  return (await marks.evaluateAll((all) => all.map((mark) => mark.textContent))).join("");
};
const citedAt = () => page.evaluate(() => {
  const range = document.createRange();
  range.setStart(document.getElementById("reader-text"), 0);
  range.setEndBefore(document.querySelector("#reader-text mark.cited"));
  return new TextEncoder().encode(range.toString()).length;
});
const wide = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
// What the address says of the passage that is open.
const addressOf = () => {
  const params = new URLSearchParams(new URL(page.url()).hash.split("?")[1]);
  return { begin: Number(params.get("begin")), end: Number(params.get("end")) };
};
const shot = async (name) => {
  const folder = process.env.LECTERN_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
};

test("search as you type marks words and opens the passage", async () => {
  await search("what raises the tides");
  const first = page.locator("#hits .card").first();
  assert.equal(await first.locator("button.title").innerText(), "Tides");
  assert.ok((await first.locator(".passage mark").allInnerTexts()).includes("tides"));
  await shot("search");
  await first.locator("button.title").click();
  await page.waitForSelector("#cited");
  const { begin, end } = addressOf();
  assert.equal(await cited(), Buffer.from(tides).subarray(begin, end).toString());
  assert.equal(await citedAt(), begin);
  assert.equal(await page.textContent("#reader-text"), tides);
  assert.match(await page.innerText("#reader-place"), /^tides\.md · (?:at its beginning|\d+ % into it)$/, "no bytes, for a person");
});

test("filters narrow what is shown", async () => {
  await search("tides");
  await page.click("#view-search .filters summary");
  const all = await page.locator("#hits .card").count();
  assert.ok(all > 1);
  await page.uncheck(".chip:has-text('md') input");
  assert.equal(await page.locator("#hits .card").count(), all - 1);
  await page.check(".chip:has-text('md') input");
  await page.fill("#filter", "year >= 2020");
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 1);
  assert.equal(await page.innerText("#hits .card button.title"), "Tides");
});

test("a streamed answer cites the exact bytes behind characters of several bytes", async () => {
  const streamed = page.waitForResponse((response) => response.url().endsWith("/ask"), slow);
  await ask("What raises the tides of the sea?");
  assert.equal((await streamed).headers()["content-type"], "text/event-stream");
  assert.match(await page.innerText(".turn:last-child .answer-text"), /moon raises the tides/);
  await shot("ask");
  await page.locator(".turn:last-child .answer-text .cite").first().click();
  await page.waitForSelector("#cited");
  const quote = await cited();
  assert.match(quote, /moon raises the tides/);
  const { begin, end } = addressOf();
  assert.equal(begin, Buffer.from(tides).indexOf(quote));
  assert.equal(end - begin, Buffer.byteLength(quote));
  assert.notEqual(begin, tides.indexOf(quote), "bytes and UTF-16 differ in this document");
  await shot("reader");
});

test("a question that the documents do not answer is not answered", async () => {
  await go("ask");
  await page.fill("#question", "Who won the chess championship of 1972?");
  await page.press("#question", "Enter");
  await page.waitForSelector(".turn:last-child .answer[data-status=abstained]", slow);
  assert.equal(await page.innerText(".turn:last-child .answer-text"), "The documents do not say.");
});

test("a conversation stays, can be copied, and begins anew", async () => {
  await ask("What raises the tides of the sea?");
  const sent = page.waitForRequest((request) => request.url().endsWith("/ask"));
  await ask("To how many degrees is the oven heated?");
  const [before] = (await sent).postDataJSON().history;
  assert.equal(before.question, "What raises the tides of the sea?");
  assert.match(before.answer, /moon raises the tides/);
  const texts = () => page.locator(".turn .answer-text").allInnerTexts();
  assert.equal((await texts()).length, 2);
  assert.match((await texts())[1], /230 degrees/);
  const link = await page.locator(".turn").first().locator(".tools a").getAttribute("href");
  await page.reload();
  await page.waitForSelector(".turn .answer-text");
  await page.waitForLoadState("networkidle");
  assert.equal((await texts()).length, 2, "as it was");
  // The address has the last question; a link to another asks it.
  await page.goto(`${url}/${link}`);
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll(".turn .answer[data-status=extractive], .turn .answer[data-status=answered]").length === 3, undefined, { timeout: 120_000 }); // written, not only quoted
  assert.match((await texts())[2], /moon raises the tides/i);
  await page.fill("#question", "one line");
  await page.press("#question", "Shift+Enter");
  assert.equal(await page.inputValue("#question"), "one line\n");
  await page.click("#ask-new");
  assert.deepEqual(await texts(), []);
  await page.reload();
  await page.waitForLoadState("networkidle");
  assert.deepEqual(await texts(), []);
});

test("sources are walked through in the reader", async () => {
  await go("ask");
  await page.fill("#question", "Who won the chess championship of 1972?");
  await page.press("#question", "Enter");
  await page.waitForSelector(".turn:last-child .answer[data-status=abstained]", slow);
  const count = await page.locator(".turn:last-child .sources .card").count();
  assert.ok(count > 1);
  await page.locator(".turn:last-child .sources button.title").first().click();
  await page.waitForSelector("#cited");
  assert.equal(await page.innerText("#reader-at"), `Source 1 of ${count}`);
  const first = await page.innerText("#reader-title");
  assert.ok(await page.isDisabled("#reader-previous"));
  await page.click("#reader-next");
  await page.waitForFunction((before) => document.getElementById("reader-title").textContent !== before, first);
  assert.equal(await page.innerText("#reader-at"), `Source 2 of ${count}`);
  await accessible("reader, walking");
});

test("an address brings back what it shows", async () => {
  await search("what raises the tides");
  await page.press("#query", "Enter");
  await page.waitForLoadState("networkidle");
  const found = page.url();
  assert.match(found, /#search\?in=notes&q=what\+raises\+the\+tides$/);
  await page.locator("#hits button.title").first().click();
  await page.waitForSelector("#cited");
  const opened = page.url();
  assert.match(opened, /d=tides\.md&begin=\d+&end=\d+/);
  const before = await cited();
  await page.goBack();
  await page.waitForSelector("#reader", { state: "hidden" });
  assert.equal(page.url(), found);
  await page.goForward();
  await page.waitForSelector("#reader[open] #cited");
  await page.reload();
  await page.waitForSelector("#reader[open] #cited");
  assert.equal(await cited(), before);
  assert.equal(await page.inputValue("#query"), "what raises the tides");
  await page.keyboard.press("Escape");
  await go("documents");
  await page.goBack();
  await page.waitForSelector("#hits .card");
  assert.ok(await page.isVisible("#view-search"));
  // A link to another collection, sent to somebody whose page is at this one.
  await page.goto(`${url}/#documents?in=uploads`);
  await page.waitForFunction(() => document.getElementById("collection").value === "uploads");
  await page.goto(`${url}/#search?in=nowhere&q=x`);
  await page.reload();
  await page.waitForSelector("#notice:has-text('nowhere')");
});

test("hits are walked through with arrow keys", async () => {
  await search("the tides of the sea and the bread");
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length > 1 &&
    !document.getElementById("hits").hasAttribute("aria-busy"));
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id);
  const titles = await page.locator("#hits button.title").allInnerTexts();
  await page.focus("#query");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), titles[0]);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), titles[1]);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "query");
});

test("colours are chosen, and stay", async () => {
  const ground = () => page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)[0]));
  await page.selectOption("#theme", "dark");
  assert.ok(await ground() < 128);
  await page.reload();
  assert.ok(await ground() < 128);
  await page.selectOption("#theme", "light");
  assert.ok(await ground() > 128);
  await page.selectOption("#theme", "");
});

test("a collection is made, filled, looked through, cleared and deleted", async () => {
  await page.click("#open-collections");
  await page.fill("#new-name", "short-lived");
  await page.selectOption("#new-pipeline", "search-only");
  await accessible("collections");
  await page.click("#new-form button[type=submit]");
  await page.waitForFunction(() => document.getElementById("collection").value === "short-lived", undefined, slow);
  await page.waitForSelector("#search-first a:has-text('Add documents')");
  await page.click("#search-first a");
  await page.waitForSelector("#view-documents:not([hidden])");
  await page.setInputFiles("#files", ["red.txt", "green.txt", "blue.txt"].map((name) =>
    ({ name, mimeType: "text/plain", buffer: Buffer.from(`This is ${name}.`) })));
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 3, undefined, slow);
  assert.equal(await page.innerText("#documents-status"), "3 documents");
  await page.fill("#documents-name", "RE");
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 2);
  await page.fill("#documents-name", "");
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 3);
  await page.check("[aria-label='Choose red.txt']");
  await page.check("[aria-label='Choose blue.txt']");
  await accessible("documents, some chosen");
  page.once("dialog", (dialog) => dialog.accept());
  await page.click("#documents-delete:has-text('Delete 2 documents')");
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 1);
  await page.click("#open-collections");
  await page.click("#start-verify");
  await page.waitForSelector("#jobs li:has-text('done')", slow);
  await page.selectOption("#model", "search-only");
  page.once("dialog", (dialog) => dialog.accept());
  await page.click("#model-form button");
  await page.waitForSelector("#jobs li:has-text('Another model'):has-text('done')", slow);
  page.once("dialog", (dialog) => dialog.accept("short-lived"));
  await page.click("#drop-collection");
  await page.waitForFunction(() => ![...document.getElementById("collection").options].some((each) => each.value === "short-lived"));
});

test("a collection has other names, and another one", async () => {
  const name = () => page.inputValue("#collection");
  const reached = (wanted) => page.waitForFunction((to) => document.getElementById("collection").value === to, wanted, slow);
  const dropCollection = async () => {
    const answer = await name();
    page.once("dialog", (dialog) => dialog.accept(answer));
    await page.click("#drop-collection");
  };
  await page.click("#open-collections");
  await page.fill("#new-name", "sea-1");
  await page.selectOption("#new-pipeline", "search-only");
  await page.click("#new-form button[type=submit]");
  await reached("sea-1");
  await page.click("#open-collections");
  await page.fill("#alias-name", "sea");
  await page.click("#alias-form button");
  await page.waitForSelector("#aliases li:has-text('sea')");
  assert.equal(await page.locator("#collection option[value='sea-1']").textContent(), "sea-1, also sea");
  await accessible("collections, other names");
  await page.setViewportSize({ width: 320, height: 740 });
  assert.ok(await wide(), "collections at 320");
  assert.ok(await page.evaluate(() => document.getElementById("collections-dialog").scrollWidth <=
    document.getElementById("collections-dialog").clientWidth), "the dialog at 320");
  await page.setViewportSize({ width: 1280, height: 900 });
  // What the server refuses is said: who uses the other name would find nothing.
  await dropCollection();
  await page.waitForSelector("#collections-status:has-text('alias')");
  expected(409);
  await page.keyboard.press("Escape");
  // A link with the other name finds the collection.
  await page.selectOption("#collection", "notes");
  await page.goto(`${url}/#documents?in=sea`);
  await reached("sea-1");
  assert.match(page.url(), /#documents\?in=sea-1$/);
  await page.selectOption("#collection", "notes");
  await page.goto(`${url}/#documents?in=sea`);
  await page.reload();
  await reached("sea-1");
  // It may be switched to another collection, when that is meant.
  await page.selectOption("#collection", "uploads");
  await page.click("#open-collections");
  await page.fill("#alias-name", "sea");
  const asked = async (answer) => {
    // Answered as it comes: while it is open the page does nothing, and the click would not end.
    const answered = page.waitForEvent("dialog").then(answer);
    await page.click("#alias-form button");
    await answered;
  };
  await asked((dialog) => dialog.dismiss());
  assert.equal(await page.locator("#aliases li").count(), 0);
  await asked((dialog) => dialog.accept());
  await page.waitForSelector("#aliases li:has-text('sea')");
  await page.click("[aria-label='Remove the name sea']");
  await page.waitForSelector("#aliases li", { state: "detached" });
  await page.keyboard.press("Escape");
  await page.selectOption("#collection", "sea-1");
  await page.click("#open-collections");
  page.once("dialog", (dialog) => dialog.accept("sea-2"));
  await page.click("#rename-collection");
  await reached("sea-2");
  assert.match(page.url(), /in=sea-2/);
  await page.click("#open-collections");
  await dropCollection();
  await page.waitForFunction(() => ![...document.getElementById("collection").options].some((each) => each.value.startsWith("sea")));
});

test("the interface is described, and tried, on a page", async () => {
  await page.click("footer [data-view=api]");
  const search = page.locator(".operation", { has: page.locator(".at", { hasText: /^\/collections\/\{name\}\/stats$/ }) });
  await search.locator("summary").click();
  await search.locator("button[type=submit]").click();
  await page.waitForSelector(".reply:has-text('200')");
  assert.match(await search.locator(".reply").innerText(), /"documents": 3/);
  await accessible("api");
});

test("files are uploaded by choice and by drag and drop", async () => {
  await page.selectOption("#collection", "uploads");
  await go("documents");
  await page.setInputFiles("#files", { name: "glass.txt", mimeType: "text/plain", buffer: Buffer.from("Glass is made of sand.") });
  await page.waitForSelector("#uploads .done", slow);
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["Paper is made of wood."], "paper #1?.txt", { type: "text/plain" }));
    return transfer;
  });
  await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
  await page.waitForSelector("#uploads .done :text('paper #1?.txt')", slow);
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 2);
  await shot("documents");
  page.once("dialog", (dialog) => dialog.accept());
  await page.click("[aria-label='Delete glass.txt']");
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 1);
  assert.match(await page.innerText("#documents"), /paper #1\?\.txt/);
});

const expected = (status) => allowed.push(`status of ${status}`); // Chromium notes every refusal, perhaps late
const textOf = async (collection, id) =>
  (await (await page.request.get(`${url}/collections/${collection}/documents/${encodeURIComponent(id)}`)).json()).text;
const answerTo = async (button, all) => {
  await page.waitForSelector("#replace-dialog[open]", slow);
  if (all) await page.check("#replace-all");
  await page.click(`#replace-dialog button:has-text('${button}')`);
};

test("nothing is replaced unasked", async () => {
  await page.selectOption("#collection", "uploads");
  await go("documents");
  const put = (...contents) => page.setInputFiles("#files", contents.map(([name, text]) =>
    ({ name, mimeType: "text/plain", buffer: Buffer.from(text) })));
  const stored = (text) => page.waitForFunction((wanted) =>
    document.querySelector("#upload-status").textContent === wanted, text, slow);
  await put(["kept.txt", "The first text."]);
  await page.waitForSelector("#uploads .done", slow);
  await put(["kept.txt", "The second text."]);
  await page.waitForSelector("#replace-dialog[open]", slow);
  assert.match(await page.innerText("#replace-what"), /kept\.txt/);
  await accessible("replace");
  await answerTo("Keep it");
  await page.waitForSelector("#uploads .kept:has-text('kept as it was')");
  assert.equal(await textOf("uploads", "kept.txt"), "The first text.");
  await put(["kept.txt", "The second text."]);
  await page.waitForSelector("#replace-dialog[open]", slow);
  await page.keyboard.press("Escape");
  await page.waitForSelector("#uploads .kept");
  assert.equal(await textOf("uploads", "kept.txt"), "The first text.");
  await put(["kept.txt", "The second text."]);
  await answerTo("Replace");
  await page.waitForSelector("#uploads .done:has-text('replaced')", slow);
  assert.equal(await textOf("uploads", "kept.txt"), "The second text.");
  // Asked once for all of an upload.
  await put(["kept-2.txt", "Two."], ["kept-3.txt", "Three."]);
  await stored("2 of 2 files stored.");
  await put(["kept.txt", "New."], ["kept-2.txt", "New too."], ["kept-3.txt", "New as well."]);
  await answerTo("Replace", true);
  await stored("3 of 3 files stored.");
  assert.equal(await textOf("uploads", "kept-3.txt"), "New as well.");
  await put(["kept.txt", "Other."], ["kept-4.txt", "Four."], ["kept-2.txt", "Other too."]);
  await answerTo("Keep it", true);
  await stored("1 of 3 files stored.");
  assert.equal(await textOf("uploads", "kept-2.txt"), "New too.");
  assert.equal(await textOf("uploads", "kept-4.txt"), "Four.");
  const rows = (...ids) => ["rows.jsonl", ids.map((id) => JSON.stringify({ _id: id, text: `Row ${id} of ${ids}.` })).join("\n")];
  await put(rows("r1"));
  await page.waitForSelector("#uploads .done", slow);
  await put(rows("r1", "r2"));
  await answerTo("Keep it");
  await page.waitForSelector("#uploads .done:has-text('1 kept as they were')");
  assert.equal(await textOf("uploads", "r1"), "Row r1 of r1.");
  assert.equal(await textOf("uploads", "r2"), "Row r2 of r1,r2.");
  expected(412);
});

test("a folder's files are told apart by their paths", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lectern-folder-"));
  const name = basename(folder);
  try {
    for (const [file, text] of [["a/readme.md", "Of a."], ["b/readme.md", "Of b."], ["b/c #1?.txt", "Of c."],
      [".git/config", "no"], ["b/.DS_Store", "no"]]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    await page.selectOption("#collection", "uploads");
    await go("documents");
    await page.setInputFiles("#folder", folder);
    await page.waitForFunction(() =>
      document.querySelector("#upload-status").textContent === "3 of 3 files stored.", undefined, slow);
    for (const [file, text] of [["a/readme.md", "Of a."], ["b/readme.md", "Of b."], ["b/c #1?.txt", "Of c."]])
      assert.equal(await textOf("uploads", `${name}/${file}`), text);
    await page.click(`#documents li:has-text('${name}/b/c #1?.txt') button.title`);
    await page.waitForSelector("#reader-text:has-text('Of c.')");
    await page.keyboard.press("Escape");
    page.once("dialog", (dialog) => dialog.accept());
    await page.click(`[aria-label='Delete ${name}/a/readme.md']`);
    await page.waitForSelector(`[aria-label='Delete ${name}/a/readme.md']`, { state: "detached" });
    assert.equal(await textOf("uploads", `${name}/b/readme.md`), "Of b.");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the numbers beside the hits are in their order, and hints are said", async () => {
  await page.click("#view-search .filters summary");
  for (const mode of ["", "hybrid", "dense", "lexical"]) {
    const answered = page.waitForResponse((response) => response.url().endsWith("/search"), slow);
    await page.selectOption("#mode", mode);
    await page.fill("#query", "the tides of the sea and the bread");
    await answered;
    await page.waitForFunction(() => document.querySelectorAll("#hits .card").length > 1 &&
      !document.getElementById("hits").hasAttribute("aria-busy"));
    const shown = (await page.locator("#hits .score").allInnerTexts()).map(Number);
    assert.deepEqual(shown, shown.toSorted((a, b) => b - a), mode);
    assert.ok(shown.every((value) => value >= 0 && value <= 1), `${mode}: ${shown}`);
  }
  assert.ok(await page.isHidden("#search-hints"));
  await page.fill("#filter", "yeer >= 2000");
  await page.waitForSelector("#search-hints:has-text('yeer')");
  await page.fill("#filter", "");
  await page.waitForSelector("#search-hints", { state: "hidden" });
});

// The next request to such an address, held until it is let go. The route stays until the context
// is closed: one that ends by itself ends while the next one begins, and may take it along.
async function hold(pattern) {
  let next = true;
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  held.push(release);
  let came;
  const arrived = new Promise((resolve) => { came = resolve; });
  await page.route(pattern, async (route) => {
    if (next) {
      next = false;
      came();
      await released;
    }
    await route.continue();
  });
  return { arrived, release };
}

test("uploads go where they began, whatever is chosen meanwhile", async () => {
  await page.selectOption("#collection", "uploads");
  await go("documents");
  const first = await hold("**/files/one.txt");
  const file = (name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`This is ${name}.`) });
  const sent = page.waitForRequest("**/files/two.txt", slow);
  await page.setInputFiles("#files", [file("one.txt"), file("two.txt")]);
  await first.arrived;
  await page.selectOption("#collection", "notes");
  first.release();
  assert.match((await sent).url(), /\/collections\/uploads\/files\/two\.txt$/);
  await page.waitForFunction(() => document.querySelector("#upload-status").textContent === "2 of 2 files stored.");
});

test("what comes late does not stand in the place of what was asked for since", async () => {
  await go("documents");
  await page.waitForSelector("#documents .card");
  const list = await hold("**/collections/uploads/documents?*");
  await page.selectOption("#collection", "uploads");
  await list.arrived;
  await page.selectOption("#collection", "notes");
  await page.waitForSelector("#documents :text('Tides')");
  const late = page.waitForResponse("**/collections/uploads/documents?*");
  list.release();
  await (await late).finished();
  const document = await hold("**/documents/tides.md");
  await page.click("#documents :text('Tides')");
  await document.arrived;
  await page.keyboard.press("Escape");
  await page.click("#documents :text('Bread')");
  await page.waitForSelector("#reader-text:has-text('Yeast')");
  assert.equal(await page.innerText("#reader-title"), "Bread", "its id has an empty segment");
  const other = page.waitForResponse("**/documents/tides.md");
  document.release();
  await (await other).finished();
  assert.match(await page.textContent("#reader-text"), /Yeast/);
  assert.equal(await page.locator("#documents .card").count(), 3);
});

test("what is typed before the collections are known is searched for", async () => {
  const list = await hold("**/collections");
  await page.reload({ waitUntil: "commit" });
  await list.arrived;
  await page.fill("#query", "bread rises");
  list.release();
  await page.waitForSelector("#hits .card", slow);
  assert.equal(await page.inputValue("#query"), "bread rises");
});

test("what is asked or uploaded before the collections are known waits for them", async () => {
  const begin = async (view) => {
    await page.goto(`${url}/#${view}`);
    const list = await hold("**/collections");
    await page.reload({ waitUntil: "commit" });
    await list.arrived;
    return list;
  };
  const first = await begin("ask?in=notes");
  await page.click("#view-ask .filters summary");
  await page.check("#extractive");
  await page.fill("#question", "What raises the tides of the sea?");
  await page.press("#question", "Enter");
  await page.waitForSelector("#ask-status:has-text('Looking')");
  first.release();
  await page.waitForSelector(".turn .answer[data-status]:not([data-status=running])", slow);
  assert.equal(await page.locator(".turn").count(), 1);
  assert.equal(await page.innerText(".turn .question"), "What raises the tides of the sea?");
  assert.equal(await page.innerText("#ask-status"), "");
  const second = await begin("documents?in=uploads");
  await page.setInputFiles("#files", { name: "early.txt", mimeType: "text/plain", buffer: Buffer.from("Early words.") });
  await page.waitForSelector("#uploads :text('early.txt')");
  second.release();
  await page.waitForSelector("#documents :text('early.txt')", slow);
  assert.equal(await textOf("uploads", "early.txt"), "Early words.");
  assert.equal(await page.locator("#collection option[value=documents]").count(), 0, "none was made for it");
  await page.request.delete(`${url}/collections/uploads/documents/early.txt`);
});

// Every kind of part that the reader shows, with characters of several bytes between them.
const handbook = `# Handbook – 手引き

A *short* text with **bold words**, \`code_of_it\`, a [link](https://example.org/a) and ![a picture](http://192.0.2.1/x.png).
It goes on in the next line.

## Sails

| Sail | Area, m² | Wind |
|:-----|---------:|------|
| jib | 12 | **light** |
| spinnaker | 40 | a \\| b |

### Care

- dry it
- fold it
  1. along the seams

> Never sail alone.

\`\`\`
# no heading | no table
*as it is*
\`\`\`

2 * 3 * 4 = 24 🌊
`;
const stored = async (id, text, collection = "notes") => {
  const answer = await page.request.put(`${url}/collections/${collection}/documents/${encodeURIComponent(id)}`, { data: { title: id, text } });
  assert.ok(answer.ok(), await answer.text());
};
const taken = (id, collection = "notes") => page.request.delete(`${url}/collections/${collection}/documents/${encodeURIComponent(id)}`);

test("the reader shows Markdown and its tables, and marks a passage to the byte", async () => {
  await stored("hand/book.md", handbook);
  try {
    await page.goto(`${url}/#documents?in=notes&d=hand/book.md`);
    await page.waitForSelector("#reader-text table");
    assert.equal(await page.textContent("#reader-text"), handbook, "every character is there, shown or not");
    const shown = await page.innerText("#reader-text");
    for (const mark of ["**", "](", "|:--", "| jib", "## ", "- dry", "> Never", "![", "\`\`\`"]) assert.ok(!shown.includes(mark), mark);
    for (const words of ["bold words", "code_of_it", "a picture", "# no heading | no table", "*as it is*", "2 * 3 * 4 = 24 🌊"])
      assert.ok(shown.includes(words), words);
    assert.deepEqual(await page.locator("#reader-text th").allInnerTexts(), ["Sail", "Area, m²", "Wind"]);
    const rows = await page.locator("#reader-text tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText)));
    assert.deepEqual(rows, [["jib", "12", "light"], ["spinnaker", "40", "a | b"]]);
    assert.deepEqual(await page.locator("#reader-text :is(h3, h4, h5)").allInnerTexts(), ["Handbook – 手引き", "Sails", "Care"]);
    assert.equal(await page.getAttribute("#reader-text a", "rel"), "noopener noreferrer");
    assert.equal(await page.locator("#reader-text img").count(), 0);
    await accessible("reader, Markdown");
    await shot("reader-markdown");
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 740 });
      assert.ok(await wide(), `the reader at ${width}`);
      await shot(`reader-markdown-${width}`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    // A passage that begins in a row and ends in a list.
    const bytes = Buffer.from(handbook);
    const begin = bytes.indexOf("12 |");
    const end = bytes.indexOf("fold it") + 4;
    await page.goto(`${url}/#documents?in=notes&d=hand/book.md&begin=${begin}&end=${end}`);
    await page.waitForSelector("#cited");
    assert.equal(await cited(), bytes.subarray(begin, end).toString());
    assert.equal(await citedAt(), begin);
    assert.equal(await page.textContent("#reader-text"), handbook);
    assert.match(await page.innerText("#reader-place"), /Sails/, "the heading above it");
    await accessible("reader, a passage of a table");
    await shot("reader-table");
  } finally {
    await taken("hand/book.md");
  }
});

test("whatever a text says, all of it is in the reader and every range is marked", async () => {
  const wrong = await page.evaluate(async () => {
    const { write } = await import("/web/paper.js");
    const bits = ["# ", "## a", "|", " | ", "a", "\n", "\n\n", "```", "~~~", "- ", "1. ", "> ", "**", "*", "`", "[x](", "http://e)", "\\",
      "|--|", "| - | - |", " ", "ä🌊", "\r\n", "\t", "!", "<b>"];
    let seed = 7;
    const below = (end) => (seed = (seed * 1103515245 + 12345) % 2147483648) % end;
    const found = [];
    for (let i = 0; i < 2000; ++i) {
      let text = "";
      for (let left = below(30); left > 0; --left) text += bits[below(bits.length)];
      const begin = below(text.length + 1);
      const end = begin + below(text.length - begin + 1);
      for (const looks of ["markdown", "parts", "plain"]) {
        const box = document.createElement("div");
        const marks = write(box, text, begin, end, looks);
        if (box.textContent !== text || marks.map((mark) => mark.textContent).join("") !== text.slice(begin, end))
          found.push([looks, text, begin, end]);
      }
    }
    // What would take hours of whoever looks at every way to read it.
    for (const text of ["# a" + " ".repeat(20000) + "x", "|\n-" + " ".repeat(50000) + "x", "![".repeat(10000), "`".repeat(20000), "**a ".repeat(5000)]) {
      const box = document.createElement("div");
      write(box, text, 0, 0, "markdown");
      if (box.textContent !== text) found.push(["markdown", text.slice(0, 20), 0, 0]);
    }
    return found.slice(0, 3);
  });
  assert.deepEqual(wrong, []);
});

test("a mark of byte order is a character like others", async () => {
  const pieces = await page.evaluate(async () => (await import("/web/text.js")).cut("\ufeffab\ufeffcd", 5, 9));
  assert.deepEqual(pieces, ["\ufeffab", "\ufeffc", "d"]);
});

test("signs of Markdown are those that are meant", async () => {
  const shown = await page.evaluate(async () => {
    const { headingsOf, write } = await import("/web/paper.js");
    const box = document.createElement("div");
    write(box, "# C# and **A** #\r\n", 0, 0, "markdown");
    return [headingsOf("# C#\r\n## Sails ##\n").map(({ text }) => text), box.querySelector("h3 strong")?.textContent,
      [...box.querySelectorAll(".markup")].map((each) => each.textContent)];
  });
  assert.deepEqual(shown, [["C#", "Sails"], "A", ["# ", "**", "**", " #\r\n"]]);
});

test("a program's text is shown as it is", async () => {
  const text = "#!/bin/sh\n# not a heading\nls | wc  # **no**\n";
  await stored("tools/count.sh", text);
  try {
    await page.goto(`${url}/#documents?in=notes&d=tools/count.sh`);
    await page.waitForSelector("#reader-text .plain");
    assert.equal(await page.innerText("#reader-text"), text);
  } finally {
    await taken("tools/count.sh");
  }
});

test("the original file is offered where the collection keeps it", async () => {
  await page.click("#open-collections");
  await page.fill("#new-name", "with-files");
  await page.selectOption("#new-pipeline", "search-only");
  await page.check("#new-originals");
  await page.click("#new-form button[type=submit]");
  await page.waitForFunction(() => document.getElementById("collection").value === "with-files", undefined, slow);
  await go("documents");
  const file = "<title>Dikes</title><script>window.pwned = 5</script><p>Dikes hold back the sea.</p>";
  await page.setInputFiles("#files", { name: "dikes ä.html", mimeType: "text/html", buffer: Buffer.from(file) });
  await page.waitForSelector("#uploads .done", slow);
  await page.click("#documents button.title");
  await page.waitForSelector("#reader-original:not([hidden])");
  assert.equal(await page.innerText("#reader-original"), `Save the file (${file.length} bytes)`);
  await accessible("reader, with the original");
  const saved = page.waitForEvent("download");
  await page.click("#reader-original");
  const download = await saved;
  assert.equal(download.suggestedFilename(), "dikes ä.html");
  assert.equal(readFileSync(await download.path(), "utf8"), file);
  await page.keyboard.press("Escape");
  // Turned off, nothing more is kept; what is there stays.
  await page.click("#open-collections");
  await page.waitForFunction(() => document.getElementById("keep-originals").checked);
  await page.uncheck("#keep-originals");
  await page.waitForSelector("#collections-status:has-text('No more files')");
  await page.keyboard.press("Escape");
  await page.setInputFiles("#files", { name: "later.txt", mimeType: "text/plain", buffer: Buffer.from("Later words.") });
  await page.waitForSelector("#uploads .done:has-text('later.txt')", slow);
  await page.click("#documents button.title:has-text('later')");
  await page.waitForSelector("#reader-text:has-text('Later words.')");
  assert.ok(await page.isHidden("#reader-original"));
  await page.keyboard.press("Escape");
  await page.click("#documents button.title:has-text('Dikes')");
  await page.waitForSelector("#reader-original:not([hidden])");
  await page.keyboard.press("Escape");
  await page.request.delete(`${url}/collections/with-files`);
});

test("documents are narrowed by what the server counts in them", async () => {
  await page.click("#view-search .filters summary");
  await page.waitForSelector("#filter-names button:has-text('year')");
  await search("the tides of the sea and the bread");
  await page.waitForSelector("#facets .chip");
  const chips = () => page.locator("#facets .chip").allInnerTexts();
  assert.deepEqual((await chips()).map((each) => each.trim()).sort(), ["2009 (1)", "2015 (1)", "2021 (1)"]);
  await page.check("#facets .chip:has-text('2009') input");
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 1);
  assert.equal(await page.innerText("#hits button.title"), "Bread");
  await page.check("#facets .chip:has-text('2021') input");
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 2);
  await accessible("facets");
  await shot("facets");
  // With the address they come back.
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 2, undefined, slow);
  await page.click("#view-search .filters summary");
  await page.waitForSelector("#facets .chip:has-text('2009') input:checked");
  await page.uncheck("#facets .chip:has-text('2009') input");
  await page.uncheck("#facets .chip:has-text('2021') input");
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 3);
  // A field's name is put where one writes a condition.
  await page.click("#filter-names button:has-text('year')");
  await page.keyboard.type("= 2015");
  assert.equal(await page.inputValue("#filter"), "year = 2015");
  await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 1);
  await page.fill("#filter", "");
});

test("a field may have a name that every object has", async () => {
  await page.request.put(`${url}/collections/races`, { data: { pipeline: "search-only" } });
  try {
    for (const team of ["red", "blue"])
      await page.request.put(`${url}/collections/races/documents/${team}`, { data: { text: `The race of the ${team} car.`, metadata: { constructor: team } } });
    await page.goto(`${url}/#search?in=races`);
    await page.reload();
    await page.click("#view-search .filters summary");
    await page.waitForSelector("#filter-names button:has-text('constructor')");
    await search("the race of the cars");
    await page.check("#facets .chip:has-text('red (1)') input");
    await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 1);
    assert.equal(await page.innerText("#hits button.title"), "red");
  } finally {
    await page.request.delete(`${url}/collections/races`);
  }
});

test("more hits are loaded, each once", async () => {
  const ids = Array.from({ length: 12 }, (_, at) => `lots/${at}.txt`);
  for (const id of ids) await stored(id, `Harbour ${id} is deep.`, "uploads");
  try {
    await page.selectOption("#collection", "uploads");
    await page.click("#view-search .filters summary");
    await page.selectOption("#k", "5");
    await page.fill("#query", "harbour is deep");
    await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 5, undefined, slow);
    await page.click("#search-more");
    await page.waitForFunction(() => document.querySelectorAll("#hits .card").length === 10);
    await page.click("#search-more");
    await page.waitForFunction(() => document.querySelectorAll("#hits .card").length >= 12);
    const seen = await page.locator("#hits .note").allInnerTexts();
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(ids.filter((id) => !seen.includes(id)), []);
  } finally {
    for (const id of ids) await taken(id, "uploads");
  }
});

test("the list of documents is put in another order, and its address brings it back", async () => {
  await go("documents");
  await page.waitForSelector("#documents .card");
  const titles = () => page.locator("#documents button.title").allInnerTexts();
  assert.match(await page.innerText("#documents"), /year: 2021/, "metadata");
  await page.selectOption("#documents-sort", "title");
  await page.waitForFunction(() => document.querySelector("#documents button.title").textContent.startsWith("<script>"));
  assert.deepEqual(await titles(), ["<script>window.pwned = 4</script>", "Bread", "Tides"]);
  await page.selectOption("#documents-sort", "size");
  await page.waitForFunction(() => [...document.querySelectorAll("#documents button.title")].at(-1).textContent === "Bread");
  await page.fill("#documents-name", "tides");
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 1);
  assert.match(page.url(), /#documents\?in=notes&sort=size&name=tides$/);
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 1);
  assert.equal(await page.inputValue("#documents-sort"), "size");
  await accessible("documents, sorted");
});

test("a folder of the server is followed, and its job is among the jobs", async () => {
  await page.click("#open-collections");
  await page.fill("#new-name", "followed");
  await page.selectOption("#new-pipeline", "search-only");
  await page.click("#new-form button[type=submit]");
  await page.waitForFunction(() => document.getElementById("collection").value === "followed", undefined, slow);
  await page.click("#open-collections");
  await page.fill("#source-name", "nowhere");
  await page.click("#source-form button[type=submit]");
  await page.waitForSelector("#collections-status:has-text('nowhere')");
  expected(400);
  await page.fill("#source-name", "library");
  await page.click("#source-form button[type=submit]");
  await page.waitForSelector("#jobs li:has-text('Folders'):has-text('done: 2 documents stored, 0 removed')", slow);
  await page.waitForSelector("#sources li:has-text('library')");
  await accessible("collections, folders");
  await page.click("#start-sync");
  await page.waitForFunction(() => document.querySelectorAll("#jobs li").length === 2);
  await page.waitForSelector("#jobs li:has-text('done: 0 documents stored, 0 removed')", slow);
  await page.keyboard.press("Escape");
  await go("documents");
  await page.waitForFunction(() => document.querySelectorAll("#documents .card").length === 2);
  await page.request.delete(`${url}/collections/followed`);
});

test("who comes to a collection is given questions from it", async () => {
  await page.waitForSelector("#search-first button.chip");
  const examples = await page.locator("#search-first button.chip").allInnerTexts();
  assert.ok(examples.includes("Tides"), examples.join(", "));
  await page.click("#search-first button.chip:has-text('Tides')");
  await page.waitForSelector("#hits .card", slow);
  await go("ask");
  await page.click("#view-ask .filters summary");
  await page.check("#extractive");
  await page.click("#ask-first button.chip:has-text('What is said about Tides?')");
  await page.waitForSelector(".turn .answer[data-status]:not([data-status=running])", slow);
  assert.equal(await page.innerText(".turn .question"), "What is said about Tides?");
});

test("an answer is copied, asked again, and narrowed by a condition", async () => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ask("What raises the tides of the sea?");
  await page.click(".turn:last-child .tools button:has-text('Copy')");
  await page.waitForSelector(".turn:last-child .tools :text('Copied')");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^What raises the tides of the sea\?\n\n.*moon raises the tides.*\n\n\[1\] Tides \(tides\.md\): /s);
  await page.fill("#ask-filter", "year < 2010");
  await page.click(".turn:last-child .tools button:has-text('Ask again')");
  await page.waitForFunction(() => document.querySelectorAll(".turn").length === 2 &&
    !document.querySelector(".turn:last-child [data-status=running]"), undefined, slow);
  assert.doesNotMatch(await page.innerText(".turn:last-child .answer"), /moon raises/, "tides.md is of 2021");
  assert.match(await page.locator(".turn:last-child .tools a").getAttribute("href"), /filter=year\+%3C\+2010/);
  await page.reload();
  await page.waitForSelector(".turn:last-child .answer-text");
  assert.equal(await page.inputValue("#ask-filter"), "year < 2010");
});

test("an upload that fails says why in plain words, and can be tried again", async () => {
  await page.selectOption("#collection", "uploads");
  await go("documents");
  await page.setInputFiles("#files", { name: "broken.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 nothing") });
  await page.waitForSelector("#uploads .failed", slow);
  assert.doesNotMatch(await page.innerText("#uploads .failed .note"), /stage '|plugin /);
  await page.waitForSelector("#uploads .failed button:has-text('Try again')");
  assert.ok(await page.isHidden("#uploads .failed progress"));
  expected(422);
  // What failed for the network's sake goes through the second time.
  await page.route("**/files/again.txt", (route) => route.abort(), { times: 1 });
  await page.setInputFiles("#files", { name: "again.txt", mimeType: "text/plain", buffer: Buffer.from("Words again.") });
  await page.waitForSelector("#uploads .failed:has-text('The server cannot be reached.')");
  await accessible("documents, a failed upload");
  await page.click("#uploads .failed button");
  await page.waitForSelector("#uploads .done", slow);
  await taken("again.txt", "uploads");
  allowed.push("ERR_FAILED");
});

test("an upload says that it is being read", async () => {
  await page.selectOption("#collection", "uploads");
  await go("documents");
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => {
      const text = document.querySelector("#uploads .note")?.textContent;
      const bar = document.querySelector("#uploads progress");
      if (text && window.said.at(-1)?.text !== text) window.said.push({ text, ends: bar.position >= 0 });
    }).observe(document.getElementById("uploads"), { subtree: true, childList: true, characterData: true });
  });
  await page.setInputFiles("#files", { name: "long.txt", mimeType: "text/plain", buffer: Buffer.from("Long words.") });
  await page.waitForSelector("#uploads .done", slow);
  const said = await page.evaluate(() => window.said);
  const reading = said.find(({ text }) => text.startsWith("being read and made searchable"));
  assert.ok(reading, JSON.stringify(said));
  assert.equal(reading.ends, false, "how long it takes nobody knows");
  assert.equal(said.at(-1).text, "1 document, 1 passage");
  await taken("long.txt", "uploads");
});

// What the server says while it stores a file, all at once: what the page makes of it does not hang on time.
const eventStream = (...events) => events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("");
const storedReport = { document: "told.txt", status: "created", documents: 1, chunks: 3, tokens: 9, skipped: 0, failed: [], seconds: 1, replaced: 0, kept: [] };
for (const [what, body, outcome, text] of [
  ["how far it is", eventStream(["progress", { fraction: 0.25 }], ["progress", { fraction: 0.5 }], ["result", storedReport]), "done", "1 document, 3 passages"],
  ["what fails on the way", eventStream(["progress", { fraction: 0.5 }],
    ["error", { status: 422, detail: "told.txt: stage 'pdf' (plugin documents): the file is cut" }]), "failed", "the file is cut"],
  ["that it broke off", eventStream(["progress", { fraction: 0.5 }]) + ": still here\n\n", "failed",
    "The connection ended before the server said that the file is stored."],
])
  test(`an upload tells ${what}`, async () => {
    await page.selectOption("#collection", "uploads");
    await go("documents");
    let accept = "";
    await page.route("**/files/told.txt", (route) => {
      accept = route.request().headers().accept;
      return route.fulfill({ status: 200, contentType: "text/event-stream", body });
    });
    await page.evaluate(() => {
      window.said = [];
      new MutationObserver(() => {
        const bar = document.querySelector("#uploads progress");
        window.said.push(`${document.querySelector("#uploads .note")?.textContent} at ${bar.position}`);
      }).observe(document.getElementById("uploads"), { subtree: true, childList: true, characterData: true });
    });
    await page.setInputFiles("#files", { name: "told.txt", mimeType: "text/plain", buffer: Buffer.from("Words.") });
    await page.waitForSelector(`#uploads .${outcome}`);
    assert.equal(await page.innerText("#uploads .note"), text);
    assert.equal(await page.isVisible("#uploads button:has-text('Try again')"), outcome === "failed");
    assert.match(accept, /^text\/event-stream, application\/json;q=0\.9$/);
    const said = await page.evaluate(() => window.said);
    assert.ok(said.some((each) => /^being read and made searchable … 50 %.* at 0\.5$/.test(each)), said.join("\n"));
  });

test("the first upload makes a collection, and is seen", async () => {
  let made = false;
  await page.route("**/collections", (route) => (made ? route.continue() : route.fulfill({ json: { collections: [] } })));
  await page.route("**/collections/documents", (route) => {
    made = true;
    return route.continue();
  });
  await page.reload();
  await page.waitForSelector("#collection option[value='']", { state: "attached" });
  await page.click("#search-first a:has-text('Add documents')");
  await page.setInputFiles("#files", { name: "first.txt", mimeType: "text/plain", buffer: Buffer.from("The first words.") });
  await page.waitForSelector("#uploads .done", slow);
  assert.equal(await page.inputValue("#collection"), "documents");
  await page.waitForSelector("#documents .card:has-text('first.txt')");
  await page.close(); // which still asks for one thing and another
  await context.request.delete(`${url}/collections/documents`);
});

test("documents are put in the order of a field", async () => {
  await go("documents");
  await page.waitForSelector("#documents-sort option[value='by:year']", { state: "attached" });
  const titles = () => page.locator("#documents button.title").allInnerTexts();
  const inOrder = async () => {
    await page.waitForFunction(() => document.querySelector("#documents button.title")?.textContent === "Tides");
    assert.deepEqual(await titles(), ["Tides", "<script>window.pwned = 4</script>", "Bread"]);
  };
  await page.selectOption("#documents-sort", { label: "year, largest first" });
  await inOrder();
  assert.match(page.url(), /sort=by%3Ayear/);
  await page.reload();
  await inOrder();
  assert.equal(await page.inputValue("#documents-sort"), "by:year");
  await page.selectOption("#collection", "uploads");
  assert.equal(await page.inputValue("#documents-sort"), "", "the order of another collection");
});

test("the steps of a search are told in plain words", async () => {
  await go("pipeline");
  assert.match(await page.innerText("#pipeline-status"), /^Search or ask something first/);
  await go("search");
  await search("what raises the tides");
  await page.waitForSelector("#hits:not([aria-busy]) .card");
  await go("pipeline");
  await page.waitForSelector("#pipeline-table:not([hidden])");
  assert.equal(await page.title(), "Steps – Lectern");
  const names = await page.locator("#pipeline-stages .flow-name").allInnerTexts();
  for (const name of ["Read the question", "Turn into meaning", "Put in order"]) assert.ok(names.includes(name), names.join(", "));
  assert.ok((await page.locator("#pipeline-table td.name").allInnerTexts()).includes("vectors"), "as the pipeline file has it");
  assert.ok(await page.evaluate(() => document.querySelector("#view-pipeline .scroll").scrollWidth <= document.querySelector("#view-pipeline .scroll").clientWidth));
});

test("a collection for search alone says so when it is asked", async () => {
  await page.selectOption("#collection", "uploads");
  await go("ask");
  await page.fill("#question", "What is here?");
  await page.press("#question", "Enter");
  await page.waitForSelector(".turn .status:has-text('This collection is made for search alone')", slow);
  expected(422);
});

test("the page is small", async () => {
  const files = new Set([`${url}/`]);
  page.on("request", (request) => /\/web\//.test(request.url()) && files.add(request.url()));
  await page.reload({ waitUntil: "networkidle" });
  assert.ok(files.size > 10, [...files].join(" "));
  let bytes = 0;
  for (const file of files) {
    const answer = await fetch(file, { headers: { "Accept-Encoding": "gzip" } });
    bytes += Number(answer.headers.get("content-length"));
    assert.ok(bytes > 0, file);
  }
  assert.ok(bytes < 150_000, `${bytes} bytes, compressed`);
});

test("keys alone reach everything", async () => {
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  await page.keyboard.type("bread rises");
  await page.waitForSelector("#hits .card", slow);
  const reach = async (selector) => {
    for (let presses = 0; presses < 25; ++presses) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    assert.fail(`Tab does not reach ${selector}`);
  };
  await reach("#hits button.title");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#cited");
  assert.equal(await page.evaluate(() => document.activeElement.id), "cited");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.className), "title", "the focus comes back");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  await page.evaluate(() => document.activeElement.blur());
  await page.reload();
  await page.evaluate(() => document.querySelector(".skip").focus());
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await page.focus("[data-view=overview]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#chart-map .dot");
  await page.focus("#chart-map .dot[tabindex='0']");
  const before = await page.innerText("#map-name");
  for (const key of ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) await page.keyboard.press(key);
  assert.match(before, /, \d+ word pieces?$/);
  assert.doesNotMatch(before, /bytes/);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#reader[open] #cited");
});

test("hits that come again leave the focus where it is", async () => {
  await search("bread rises");
  await page.waitForLoadState("networkidle");
  const first = "#hits .card:first-child button.title";
  const title = await page.innerText(first);
  const again = async () => {
    const answered = page.waitForResponse((response) => response.url().endsWith("/search"));
    await page.evaluate(() => document.getElementById("query").dispatchEvent(new Event("input")));
    await answered;
    await page.waitForFunction(() => !document.getElementById("hits").hasAttribute("aria-busy"));
  };
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.focus(first);
  await again();
  assert.equal(await focused(), title, "on a hit");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#cited");
  await again();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), title, "back from the reader");
});

test("a hostile document stays text", async () => {
  await search("lighthouse warns ships of rocks");
  const hit = page.locator("#hits .card").first();
  assert.equal(await hit.locator("button.title").innerText(), "<script>window.pwned = 4</script>");
  assert.match(await hit.locator(".passage").innerText(), /<script>window\.pwned = 1<\/script>/);
  await hit.locator("button.title").click();
  await page.waitForSelector("#cited");
  assert.match(await page.innerText("#reader-place"), /onerror=window\.pwned=3/);
  await page.keyboard.press("Escape");
  await ask("What warns ships of the rocks?");
  await go("documents");
  await page.waitForSelector("#documents .card");
  await go("overview");
  await page.waitForSelector("#chart-map .dot");
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("main img, main script, dialog img, dialog script").count(), 0);
});

test("the content policy lets nothing in", async () => {
  const response = await page.request.get(url);
  const policy = response.headers()["content-security-policy"];
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
    assert.ok(policy.includes(rule), rule);
  assert.ok(!policy.includes("unsafe"));
  const refused = await page.evaluate(() => {
    try {
      document.createElement("p").innerHTML = "<b>x</b>";
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(refused, "innerHTML is refused");
  const tag = response.headers().etag;
  assert.equal((await page.request.get(url, { headers: { "If-None-Match": tag } })).status(), 304);
  allowed.push("TrustedHTML"); // this test's own
});

for (const scheme of ["light", "dark"])
  test(`every view is accessible, ${scheme}`, async () => {
    await context.close();
    await open({ colorScheme: scheme });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(Number(/\d+/.exec(ground)[0]) < 128, scheme === "dark");
    await search("tides of the sea");
    await page.click("#view-search .filters summary");
    await page.waitForSelector("#facets .chip"); // with them the search is made anew: by now it is
    await accessible("search");
    await shot(`search-${scheme}`);
    const next = await hold("**/collections/notes/search");
    await page.fill("#query", "tides of the sea and bread");
    await next.arrived;
    await page.waitForSelector("#hits[aria-busy] .card");
    await accessible("search, while the next one is waited for");
    next.release();
    await page.waitForSelector("#hits:not([aria-busy]) .card");
    await page.locator("#hits button.title").first().click();
    await page.waitForSelector("#cited");
    await accessible("reader");
    await page.keyboard.press("Escape");
    await ask("What raises the tides of the sea?");
    await accessible("ask");
    await shot(`ask-${scheme}`);
    await go("pipeline");
    await page.waitForSelector("#pipeline-table:not([hidden])");
    assert.match(await page.innerText("#pipeline-table"), /search/);
    await accessible("pipeline");
    await shot(`pipeline-${scheme}`);
    await go("documents");
    await page.waitForSelector("#documents .card");
    await accessible("documents");
    await go("overview");
    await page.waitForSelector("#chart-map .dot");
    for (const chart of ["#chart-time rect", "#chart-lengths rect", "#chart-stages li"])
      assert.ok(await page.locator(chart).count() > 0, chart);
    await accessible("overview");
    await shot(`overview-${scheme}`);
  });

test("nothing is wider than a phone", async () => {
  await context.close();
  await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
  await search("tides");
  await page.click("#view-search .filters summary");
  assert.ok(await wide(), "search");
  await shot("phone-search");
  await ask("What raises the tides of the sea?");
  assert.ok(await wide(), "ask");
  await shot("phone-ask");
  for (const [view, ready] of [["documents", "#documents .card"], ["overview", "#chart-map .dot"], ["pipeline", "#pipeline-table"]]) {
    await go(view);
    await page.waitForSelector(ready);
    assert.ok(await wide(), view);
    await shot(`phone-${view}`);
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 740 });
    for (const view of ["search", "ask", "overview", "pipeline", "api", "documents"]) {
      await go(view);
      if (view === "search") await page.waitForSelector("#facets .chip");
      if (view === "api") await page.waitForSelector(".operation");
      assert.ok(await wide(), `${view} at ${width}`);
      await shot(`phone-${width}-${view}`);
    }
    await page.click("#open-collections");
    await page.waitForSelector("#collections-dialog[open]");
    assert.ok(await page.evaluate(() => document.getElementById("collections-dialog").scrollWidth <=
      document.getElementById("collections-dialog").clientWidth), `collections at ${width}`);
    await shot(`phone-${width}-collections`);
    await page.keyboard.press("Escape");
    assert.ok(await wide(), `documents at ${width}`);
    for (const box of await page.locator("#documents button.quiet").evaluateAll((buttons) =>
      buttons.map((button) => ({ lines: button.getClientRects().length, ...button.getBoundingClientRect().toJSON() })))) {
      assert.ok(box.width > 60 && box.height < 50, `Delete at ${width}: ${box.width} x ${box.height}`);
      assert.ok(box.right <= width);
    }
  }
});

test("a server with keys asks for one, which stays in this tab", async () => {
  await context.close();
  await open({}, process.env.LECTERN_LOCKED_URL);
  await page.waitForSelector("#key-dialog[open]");
  await page.fill("#key", process.env.LECTERN_KEY);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#notice", { state: "hidden" });
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.equal(await page.evaluate(() => sessionStorage.getItem("lectern.key")), process.env.LECTERN_KEY);
  assert.ok(await page.isVisible("#open-collections"));
  expected(401);
});

test("what a key may not do is not offered", async () => {
  await context.close();
  await open({}, process.env.LECTERN_LOCKED_URL);
  await page.waitForSelector("#key-dialog[open]");
  await page.fill("#key", process.env.LECTERN_READ_KEY);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#notice", { state: "hidden" });
  await go("documents");
  await page.waitForSelector("#documents .card");
  assert.ok(await page.isHidden("#drop"));
  assert.equal(await page.locator("[aria-label^=Delete]").count(), 0);
  assert.ok(await page.isHidden("#open-collections"));
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["Words."], "dropped.txt"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
  await page.waitForSelector("#upload-status:has-text('This key may only read here')");
  assert.equal(await page.locator("#uploads li").count(), 0);
  await page.click("#documents button.title");
  await page.waitForSelector("#reader-text:has-text('A text.')");
  assert.ok(await page.isHidden("#reader-original"));
  expected(401);
});
