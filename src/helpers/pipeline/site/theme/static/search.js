// Search: what a reader types, looked up in passages of the book and shown with the words marked.
//
// The index and the library come as scripts when somebody begins to search, because a page opened
// from the file system may not fetch. MiniSearch ranks; how a text is taken apart is decided here,
// since numbers are what readers of this book look for and most tokenisers break or drop them.
"use strict";

window.book = window.book || {};

(() => {
  const book = window.book;
  const _ = (text) => book.words?.[text] ?? text;
  const STATIC = new URL(".", document.currentScript.src);
  const ROOT = new URL("..", STATIC);
  const NEEDED = ["minisearch/minisearch.js", "search-index.js"];

  // --- words ---------------------------------------------------------------------------------

  // A Chinese character; a number with its separators, decimals and per cent sign; a word.
  const TOKEN =
    /\p{Script=Han}|(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)*(?![\p{L}\d_])(?:\s?%)?|[\p{L}\p{M}\p{N}_]+/gu;
  const NUMBER = /^\d[\d.]*%?$/;
  // Left out of what is asked, unless nothing else is asked.
  const COMMON = new Set(("a an and are as at be by can do does for from how in is it its of on or s that the "
    + "their this to was were what when which who why will with").split(" "));

  /** Ways in which a token is found; the first is the one that is asked for when it is typed. */
  function forms(token) {
    const plain = token.replace(/[,\s]/gu, "");
    if (NUMBER.test(plain)) {
      const number = plain.replace("%", "");
      // 45 finds 45.0 as well; a number of a section, 3.1.0, has no value.
      const short = /^\d+\.\d+$/.test(number) ? number.replace(/\.?0+$/, "") : number;
      const written = [...new Set([number, short])];
      return plain === number ? written : [...written.map((each) => `${each}%`), ...written];
    }
    return [singular(folded(token))];
  }

  const folded = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /** Markets and market, policies and policy are asked for alike; US, analysis and access stay. */
  function singular(word) {
    return word.length > 3 ? word.replace(/ies$/, "y").replace(/(?<=[^suiy])s$/, "") : word;
  }

  /** Tokens of a text with their places. */
  function* tokens(text) {
    for (const found of text.matchAll(TOKEN)) {
      yield { start: found.index, end: found.index + found[0].length, forms: forms(found[0]) };
    }
  }

  const allForms = (text) => [...tokens(text)].flatMap((token) => token.forms);

  /** Places in a text of tokens that one of the words finds; neighbours are one place. */
  function places(text, words) {
    const here = [];
    for (const token of tokens(text)) {
      if (!token.forms.some((form) => words.has(form))) continue;
      const last = here.at(-1);
      if (last && !text.slice(last.end, token.start).trim()) {
        last.end = token.end;
        last.forms.push(...token.forms);
      } else here.push(token);
    }
    return here;
  }

  // --- asking --------------------------------------------------------------------------------

  // A heading says what a passage is about; a page's title stands beside each of its passages.
  const BOOST = { heading: 3, label: 1.5, text: 1, page: 1.5 };
  const ALIKE = 0.9; // a word that the book uses for the one that is asked
  const NAMED = 3; // a passage whose whole heading is asked for
  // Pages that argue come first, then those that gather what others argue, then those that list.
  const SORTS = [1, 0.75, 0.25];
  const FUZZY = 5; // letters of a word in which one may be wrong

  let index = null;

  function makeIndex({ pages, passages, alike }) {
    const made = new MiniSearch({
      fields: ["heading", "label", "text", "page"],
      extractField: (passage, field) => passage[field] ?? "",
      tokenize: allForms,
      processTerm: (term) => term,
    });
    const all = passages.map(([page, anchor, kind, title, text], id) => ({
      id, kind, title, text, anchor, address: pages[page][0], page: pages[page][1],
      [kind === "section" || kind === "term" ? "heading" : "label"]: title,
      weight: SORTS[pages[page][2]],
    }));
    made.addAll(all);
    const others = new Map(alike.flatMap((words) => words.map((word) => [singular(word), words.map(singular)])));
    return { made, all, others };
  }

  /** What is asked: words, and phrases in quotation marks that must stand so. */
  function parsed(query) {
    const phrases = [...query.matchAll(/["“”„«»]([^"“”„«»]+)["“”„«»]/gu)].map((found) => even(found[1]));
    const words = [...tokens(query)].map((token) => token.forms[0]);
    const asked = words.filter((word) => !COMMON.has(word));
    return { words: [...new Set(asked.length ? asked : words)], phrases };
  }

  const even = (text) => folded(text).replace(/\s+/gu, " ").trim();

  /**
   * Passages that answer, grouped by page, the best first.
   *
   * All words are asked for; if no passage has them, with one letter wrong in each; if still none,
   * any of them, and `loose` says so. A number is never guessed.
   */
  function find(query) {
    const { words, phrases } = parsed(query);
    if (!words.length) return { pages: [], count: 0, loose: false };
    const isWord = (word) => !/^\d/.test(word);
    const queries = words.map((word, place) => {
      const prefix = place === words.length - 1 && isWord(word) && word.length > 2;
      const others = (index.others.get(word) ?? []).filter((other) => other !== word);
      const boost = (id, term) => (others.includes(term) ? ALIKE : 1) * index.all[id].weight;
      return { combineWith: "OR", queries: [word, ...others], prefix, boostDocument: boost };
    });
    const ask = (options) => index.made.search({ queries, ...options }, {
      tokenize: (word) => [word],
      boost: BOOST,
      filter: ({ id }) => {
        const said = phrases.length ? even(`${index.all[id].title}\n${index.all[id].text}`) : "";
        return phrases.every((phrase) => said.includes(phrase));
      },
    });
    const fuzzy = (word) => (isWord(word) && word.length >= FUZZY ? 1 : false);
    let found = ask({ combineWith: "AND" });
    if (!found.length) found = ask({ combineWith: "AND", fuzzy });
    const loose = !found.length && words.length > 1;
    if (loose) found = ask({ combineWith: "OR", fuzzy });
    const hits = found.map(({ id, score, match }) => {
      const passage = { ...index.all[id], words: new Set(Object.keys(match)) };
      const named = [...tokens(passage.title)].every((token) => passage.words.has(token.forms[0]));
      return { ...passage, score: named ? score * NAMED : score };
    }).sort((one, other) => other.score - one.score);
    return { pages: byPage(hits), count: hits.length, loose };
  }

  function byPage(hits) {
    const pages = new Map();
    for (const hit of hits) pages.set(hit.address, [...(pages.get(hit.address) ?? []), hit]);
    const scored = [...pages.values()].map((mine) => ({
      title: mine[0].page,
      address: mine[0].address,
      hits: mine,
      // The best passage counts whole, the fourth half: a page that comes back to a matter goes
      // before one that names it once in a heading.
      score: mine.reduce((sum, { score }, place) => sum + score / Math.sqrt(place + 1), 0),
    }));
    return scored.sort((one, other) => other.score - one.score);
  }

  const LONGEST = 180; // letters of a line of context

  /** The line of a passage, a paragraph or a row, that has most of the words; cut around the first. */
  function context({ text, words }) {
    const lines = text.split("\n").map((line) => {
      const here = places(line, words);
      return { line, here, different: new Set(here.flatMap((token) => token.forms)).size };
    });
    const best = lines.reduce((most, each) => (each.different > most.different ? each : most));
    if (best.line.length <= LONGEST) return best.line;
    const first = best.here[0]?.start ?? 0;
    const start = first < LONGEST / 2 ? 0 : best.line.lastIndexOf(" ", first - LONGEST / 3) + 1;
    const end = best.line.lastIndexOf(" ", start + LONGEST);
    const rest = best.line.length > start + LONGEST;
    return (start ? "… " : "") + best.line.slice(start, rest ? end : undefined) + (rest ? " …" : "");
  }

  // --- loading -------------------------------------------------------------------------------

  let loading = null;

  /** Library and index, fetched once and only when somebody searches. */
  function load() {
    loading ??= Promise.all(NEEDED.map((file) => new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(file, STATIC);
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${file} cannot be loaded`));
      document.head.append(script);
    }))).then(() => { index = makeIndex(book.searchIndex); });
    return loading;
  }

  // --- showing -------------------------------------------------------------------------------

  const KINDS = { figure: "Figure", table: "Table", result: "Result", claim: "Printed claim", term: "Term" };
  const AT_FIRST = 3; // passages of a page that are shown at once

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  /** A text as nodes, the words in `mark`. */
  function marked(text, words) {
    const nodes = [];
    let done = 0;
    for (const { start, end } of places(text, words)) {
      nodes.push(text.slice(done, start), element("mark", {}, text.slice(start, end)));
      done = end;
    }
    return [...nodes, text.slice(done)];
  }

  function link(place, words) {
    const to = new URL(place, ROOT);
    to.searchParams.set("q", [...words].join(" "));
    return to.href;
  }

  /** A result that its page does not print is shown where all are listed. */
  function address({ address, anchor, words }) {
    if (!anchor) return link(address, words);
    return link(anchor.includes("#") ? anchor : `${address}#${anchor}`, words);
  }

  function entry(hit) {
    const kind = KINDS[hit.kind] ? [element("span", { class: "search-kind" }, _(KINDS[hit.kind])), " "] : [];
    return element("li", {}, element("a", { href: address(hit), class: "search-hit" },
      element("span", { class: "search-title" }, ...kind, ...marked(hit.title, hit.words)),
      element("span", { class: "search-line" }, ...marked(context(hit), hit.words))));
  }

  function group({ title, address, hits }) {
    const words = new Set(hits.flatMap((hit) => [...hit.words]));
    const page = element("a", { href: link(address, words) }, title);
    const list = element("ul", {}, ...hits.slice(0, AT_FIRST).map(entry));
    const rest = hits.slice(AT_FIRST);
    const made = element("li", { class: "search-page" },
      element("p", { class: "search-page-title" }, page), list);
    if (rest.length) {
      const more = element("button", { type: "button", class: "search-more" },
        _("{count} more on this page").replace("{count}", rest.length));
      more.addEventListener("click", () => {
        list.append(...rest.map(entry));
        list.children[AT_FIRST].firstElementChild.focus();
        more.remove();
      });
      made.append(more);
    }
    return made;
  }

  function counted({ pages, count, loose }) {
    if (!count) return _("Nothing found. A number is found as it is printed; try fewer words.");
    const said = (count === 1 ? _("1 place on 1 page") : _("{count} places on {pages} pages"))
      .replace("{count}", count).replace("{pages}", pages.length);
    return loose ? `${said}. ${_("No place has all of these words.")}` : said;
  }

  /** A form with a field, a line that counts and a list: in the dialog, or on the page of search. */
  function attach(root, { onAsked = () => {} } = {}) {
    const field = root.querySelector("input[type=search]");
    const status = root.querySelector("[role=status]");
    const list = root.querySelector(".search-found");
    const links = () => [...list.querySelectorAll("a, button")];

    async function ask() {
      const query = field.value.trim();
      onAsked(query);
      if (!query) {
        list.replaceChildren();
        status.textContent = "";
        return;
      }
      try {
        if (!index) status.textContent = _("Loading the index …");
        await load();
      } catch {
        status.textContent = _("The index cannot be loaded. Open the page again.");
        return;
      }
      if (query !== field.value.trim()) return; // somebody typed on
      const found = find(query);
      list.replaceChildren(...found.pages.map(group));
      status.textContent = counted(found);
    }

    let waiting;
    field.addEventListener("focus", () => load().catch(() => {}), { once: true });
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 120);
    });
    root.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault(); // Enter opens the first place
      clearTimeout(waiting);
      await ask();
      list.querySelector("a")?.click();
    });
    root.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [field, ...links()];
      const here = stops.indexOf(document.activeElement);
      if (!step || here < 0) return;
      event.preventDefault();
      stops[(here + step + stops.length) % stops.length].focus();
    });
    return { field, ask };
  }

  // --- on every page -------------------------------------------------------------------------

  /** Marks the words that led here, and shows the first of them where the link led. */
  function markArrival() {
    const asked = new URLSearchParams(location.search).get("q");
    const article = document.querySelector("article");
    if (!asked || !article || document.getElementById("search-page") || !CSS.highlights) return;
    const words = new Set([...tokens(asked)].map((token) => token.forms[0]));
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const ranges = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest("script, style, pre, .headerlink")) continue;
      for (const { start, end } of places(node.data, words)) {
        const range = new Range();
        range.setStart(node, start);
        range.setEnd(node, end);
        ranges.push(range);
      }
    }
    CSS.highlights.set("book-found", new Highlight(...ranges));
    // Only when the page is whole: the browser goes to the place in the address first.
    if (document.readyState === "complete") showFirst(ranges);
    else addEventListener("load", () => setTimeout(() => showFirst(ranges)));
  }

  function showFirst(ranges) {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const seen = ranges.filter((range) => range.getClientRects().length);
    const first = seen.find((range) => !target || target.contains(range.startContainer)
      || target.compareDocumentPosition(range.startContainer) & Node.DOCUMENT_POSITION_FOLLOWING) ?? seen[0];
    const box = first?.getBoundingClientRect();
    if (box && (box.top < 0 || box.bottom > innerHeight)) {
      first.startContainer.parentElement.scrollIntoView({ block: "center" });
    }
  }

  function start() {
    markArrival();
    const page = document.getElementById("search-page");
    const dialog = document.getElementById("search-dialog");
    let open;
    if (page) {
      const { field, ask } = attach(page, {
        onAsked: (query) => history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname),
      });
      page.hidden = false;
      field.value = new URLSearchParams(location.search).get("q") ?? "";
      open = () => field.select();
      open();
      if (field.value) ask();
    } else if (dialog) {
      const { field } = attach(dialog);
      open = () => {
        if (!dialog.open) dialog.showModal();
        field.select();
      };
      dialog.querySelector(".search-close").addEventListener("click", () => dialog.close());
      dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // in a field of search it would empty the field first
        dialog.close();
      });
      // A place on this page only moves it; the dialog would lie over what was found.
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog || event.target.closest(".search-found a")) dialog.close();
      });
    }
    if (!open) return;
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".search-button")) return;
      event.preventDefault(); // without this script it is a link to the page of search
      open();
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable=true]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (slash || ctrlK) {
        event.preventDefault();
        open();
      }
    });
  }

  book.search = { load, find, forms, context }; // for tests
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
