// Pieces of a page by their names: what an answer says of one is put where it stands, and taken back.
(() => {
  const live = (window.bookLive ??= {});
  const SORTS = ["result", "quote", "sentence", "figure", "table"];
  const ALL = SORTS.map((sort) => `[data-${sort}]`).join(", ");

  let pieces = null; // chapter -> its pieces in the order of the page

  const readPage = () => {
    pieces = new Map();
    for (const element of document.querySelectorAll(`main :is(${ALL})`)) {
      const sort = SORTS.find((each) => element.dataset[each]);
      if (!sort) continue;
      const told = element.dataset[sort], cut = told.lastIndexOf("/");
      const [chapter, name] = [told.slice(0, cut), told.slice(cut + 1)];
      if (!window.bookSettings.chapters[chapter]) continue;
      const kind = element.matches("tr") ? "row" : sort === "sentence" ? "sentence"
        : sort === "result" || sort === "quote" ? "value" : "exhibit";
      if (!pieces.has(chapter)) pieces.set(chapter, []);
      pieces.get(chapter).push({ chapter, name, kind, sort, element, now: element, state: "held",
        text: kind === "exhibit" ? "" : live.difference.textOf(kind === "row" ? element.cells[2] : element) });
    }
    const box = document.querySelector("section#assumptions[data-chapter]");
    if (box && !pieces.has(box.dataset.chapter)) pieces.set(box.dataset.chapter, []);
  };

  const of = (chapter) => pieces.get(chapter) ?? [];
  const all = () => [...pieces.values()].flat();

  // ---- records

  const wordsOfNone = () => live.say("not there under these values");

  /** Text of a record under an answer: as in the baseline where it says nothing of it. */
  const textUnder = (piece, answer) => (answer?.gone?.includes(piece.name) ? null
    : answer?.records?.[piece.name]?.text ?? piece.text);

  const showRecord = (piece, now, old) => {
    const after = textUnder(piece, now), before = textUnder(piece, old);
    const digits = Boolean(now?.records?.[piece.name]) !== Boolean(old?.records?.[piece.name]);
    const moved = after === null || before === null ? after !== before : !live.difference.same(after, before);
    const asBuilt = after !== null && live.difference.same(after, piece.text);
    live.restore(piece.element);
    if (piece.kind === "row") live.restore(piece.element.cells[2]);
    Object.assign(piece, { state: moved ? "moved" : digits ? "digits" : "held", before, after });
    if (asBuilt && piece.state === "held") return;
    live.keep(piece.element);
    if (piece.kind === "sentence") showSentence(piece, before, after, moved);
    else showValue(piece, before, after, moved);
  };

  const showValue = (piece, before, after, moved) => {
    const cell = piece.kind === "row" ? piece.element.cells[2] : piece.element;
    live.keep(cell);
    const was = before ?? wordsOfNone();
    cell.replaceChildren(after ?? wordsOfNone(), moved ? live.aside(live.say(" ({edition} {text})", { edition: live.store.other(), text: was })) : "");
    if (piece.state === "held") return; // both editions say so
    const said = moved ? live.say("{edition}: {text}", { edition: live.store.other(), text: was }) : live.say("moved in digits that are not shown");
    if (piece.kind === "row") cell.replaceChildren(live.make("span", { class: "live-value", title: said }, ...cell.childNodes));
    else piece.element.title = said;
    piece.element.classList.add(moved ? "live-moved" : "live-digits");
  };

  const showSentence = (piece, before, after, moved) => {
    if (after === null) after = wordsOfNone();
    // Kept nodes go back untouched, so words are changed in a copy of them.
    const ask = piece.element.querySelector(":scope > .book-ask");
    piece.element.replaceChildren(...[...piece.element.childNodes].map((node) => (node === ask ? ask : node.cloneNode(true))));
    if (before !== null && !live.difference.same(before, piece.text)) live.difference.retell(piece.element, before, false);
    if (moved) {
      live.difference.retell(piece.element, after, true);
      piece.element.classList.add("live-moved");
    }
  };

  // ---- figures and tables

  const rewritten = (element, chapter, address) => {
    for (const link of element.querySelectorAll("a[href*='_static/downloads/']")) {
      const file = link.getAttribute("href").split("/").at(-1);
      if (live.transport.isServed()) link.href = live.transport.place("files", chapter, address, decodeURIComponent(file)).href;
      else {
        // A static site has the data of the baseline alone: nothing is offered that is not there.
        const around = link.closest("span") ?? link;
        if (around.isConnected || element.contains(around)) around.remove();
      }
    }
    return element;
  };

  /** The element of an exhibit that an answer has for this page; null where it has none. */
  const drawn = (piece, answer, address) => {
    const html = answer?.exhibits?.[piece.name]?.pages?.[live.address.page()];
    if (!html) return null;
    const found = [...live.fragment(html).querySelectorAll(`[data-${piece.sort}]`)]
      .find((each) => each.dataset[piece.sort] === `${piece.chapter}/${piece.name}`);
    return found ? rewritten(found, piece.chapter, address) : null;
  };

  const spot = (element, within) => {
    const steps = [];
    for (let each = element; each !== within; each = each.parentElement) {
      steps.unshift([...each.parentElement.children].indexOf(each));
    }
    return steps;
  };
  const atSpot = (steps, within) => steps.reduce((each, place) => each?.children[place], within);

  /** One element in the place of another: open boxes, focus and scroll stay. */
  const swap = (from, to) => {
    if (from === to) return;
    const boxes = (element) => [...element.querySelectorAll("details")];
    boxes(from).forEach((box, place) => { const other = boxes(to)[place]; if (other && other.open !== box.open) other.open = box.open; });
    const scrolled = [...from.querySelectorAll(".book-table")].map((box) => [box.scrollLeft, box.scrollTop]);
    const inside = from.contains(document.activeElement) ? document.activeElement : null;
    const steps = inside && inside !== from ? spot(inside, from) : null;
    from.replaceWith(to);
    [...to.querySelectorAll(".book-table")].forEach((box, place) => {
      if (scrolled[place]) [box.scrollLeft, box.scrollTop] = scrolled[place];
    });
    if (steps) {
      const again = (inside.id && document.getElementById(inside.id)) || atSpot(steps, to);
      again?.focus({ preventScroll: true });
    }
  };

  const showExhibit = (piece, now, old, addresses) => {
    const built = drawn(piece, now, addresses.now), was = drawn(piece, old, addresses.old);
    const gone = now?.gone?.includes(piece.name);
    live.restore(piece.element);
    const target = built ?? piece.element;
    const unseen = Boolean(now?.exhibits?.[piece.name]) && !built;
    const moved = Boolean(built || was || unseen || gone)
      && !(built && was && built.outerHTML === was.outerHTML);
    swap(piece.now, target);
    Object.assign(piece, { now: target, state: moved ? "moved" : "held", was: was ?? (built ? piece.element : null),
      told: now?.exhibits?.[piece.name] ?? null, toldOld: old?.exhibits?.[piece.name] ?? null });
    if (built) for (const bind of window.book?.pieces ?? []) bind(target);
    if (!moved) return;
    if (target === piece.element) live.keep(target);
    target.classList.add("live-moved");
    if (gone || unseen) note(piece, gone ? wordsOfNone() : live.say("This moved; its new form is not shown on this page."));
    else live.compare.offer(piece);
  };

  const note = (piece, ...words) => piece.now.prepend(live.make("p", { class: "live-note" }, ...words));

  // ---- what waits, and what was not computed

  const busy = (piece, on) => {
    const element = piece.now;
    if (on) {
      if (element === piece.element) live.keep(element);
      element.setAttribute("aria-busy", "true");
      element.classList.add("live-pending");
      return;
    }
    element.removeAttribute("aria-busy");
    element.classList.remove("live-pending");
  };

  /** Dim what a chapter shows until its answer is there. */
  const wait = (chapter) => { for (const piece of of(chapter)) busy(piece, true); };

  const isWrong = (answer) => answer && answer.status !== "ok";

  /** What it showed last stays, dimmed, and says that it is not of these values. */
  const fail = (piece, answer) => {
    piece.state = "failed";
    if (piece.now === piece.element) live.keep(piece.now);
    piece.now.classList.add("live-not-computed");
    for (const each of piece.now.querySelectorAll(".live-failed")) each.remove();
    if (piece.kind === "exhibit") {
      note(piece, live.say("Not computed for these values."), " ", ...live.bar.told(piece.chapter, answer));
      piece.now.firstElementChild.classList.add("live-failed");
      return;
    }
    const said = live.aside(live.say(" (not computed for these values)"));
    said.classList.add("live-failed");
    piece.now.title = live.say("not computed for these values");
    const place = piece.kind === "row" ? piece.now.cells[2] : piece.now;
    live.keep(place);
    place.append(said);
  };

  /** Show what a chapter says; null stands for the baseline. */
  const show = (chapter, { now, old }) => {
    const { values, old: compared } = live.store.state;
    const addresses = { now: live.address.ofChapter(values, chapter),
      old: compared ? live.address.ofChapter(compared, chapter) : "" };
    const wrong = isWrong(now) ? now : isWrong(old) ? old : null;
    for (const piece of of(chapter)) {
      busy(piece, false);
      if (wrong) fail(piece, wrong);
      else if (piece.kind === "exhibit") showExhibit(piece, now, old, addresses);
      else showRecord(piece, now, old);
    }
    if (!wrong) live.explorers.show(chapter, now);
    live.edition.show();
    live.address.carryAll(live.store.state);
  };

  /** What a card says of a record that moved: read by the script of the cards. */
  const card = (chapter, name) => {
    const piece = of(chapter).find((each) => each.name === name && each.kind !== "exhibit");
    const values = Object.fromEntries(Object.entries(live.store.state.values).map(([key, literal]) =>
      [key, { value: literal, baseline: live.literals.parameter(key).literal }]));
    const moved = piece?.state === "moved" || piece?.state === "digits";
    return { parameters: values, record: moved ? { text: piece.after ?? wordsOfNone(), before: piece.before ?? wordsOfNone(), full: "", range: null } : {} };
  };

  /** How many pieces are in which state, by what they are; one that stands twice counts once. */
  const count = () => {
    const counted = {}, seen = new Set();
    for (const piece of all()) {
      const key = `${piece.kind === "exhibit" ? piece.sort : ""}:${piece.chapter}/${piece.name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const sort = piece.kind === "exhibit" ? piece.sort : piece.kind === "sentence" ? "sentence" : "result";
      const state = piece.state === "digits" ? "moved" : piece.state;
      counted[state] ??= { result: 0, sentence: 0, figure: 0, table: 0, all: 0 };
      counted[state][sort] += 1;
      counted[state].all += 1;
    }
    return counted;
  };

  live.patch = { readPage, show, wait, count, card, all, chapters: () => [...pieces.keys()],
    moved: () => all().filter((piece) => ["moved", "digits"].includes(piece.state) && piece.now.isConnected) };
})();
