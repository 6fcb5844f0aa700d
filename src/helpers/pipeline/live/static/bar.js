// The bar at the foot: what moved, what is asked still, what went wrong, and the ways on from here.
(() => {
  const live = (window.bookLive ??= {});
  const KEY = "Alt+Shift+B", CHANGES = "what-changed.html";
  let bar = null, parts = {}, place = -1, voice = null, words = true;

  const sorts = (counted = {}) => [["result", "{n} result", "{n} results"], ["sentence", "{n} sentence", "{n} sentences"],
    ["figure", "{n} figure", "{n} figures"], ["table", "{n} table", "{n} tables"]]
    .filter(([sort]) => counted[sort]).map(([sort, one, more]) => live.many(counted[sort], one, more));

  const said = ({ moved, held, failed, pending }) => {
    const told = sorts(moved);
    return [told.length ? live.say("{what} moved", { what: told.join(", ") }) : live.say("nothing on this page moved"),
      held ? live.say("{n} held", { n: held.all }) : "",
      failed ? live.say("{n} not computed", { n: failed.all }) : "", pending ?? ""].filter(Boolean).join("; ");
  };

  const numbers = (chapters) => chapters.map((chapter) => window.bookSettings.chapters[chapter].number || chapter).join(", ");

  /** How many records and exhibits two answers tell apart; null stands for the baseline. */
  const differing = (now, old) => ["records", "exhibits"].reduce((sum, part) => {
    const [after, before] = [now, old].map((answer) => answer?.[part] ?? {});
    // What only one of them names is as in the baseline for the other.
    const apart = (name) => part === "exhibits" ? JSON.stringify(after[name]?.pages) !== JSON.stringify(before[name]?.pages)
      : !(name in after && name in before) || after[name].text !== before[name].text;
    return sum + Object.keys({ ...after, ...before }).filter(apart).length;
  }, 0);

  /** Chapters of other pages, with how much of each moved. */
  const elsewhere = ({ others, answers }) => others.filter((chapter) => answers.has(chapter)).map((chapter) => {
    const { now, old } = answers.get(chapter);
    const about = window.bookSettings.chapters[chapter];
    const wrong = [now, old].find((answer) => answer && answer.status !== "ok");
    const count = wrong ? 0 : differing(now, old);
    const link = live.make("a", { href: new URL(`chapters/${encodeURIComponent(chapter)}.html`, live.address.root()).href },
      `${about.number ? `${about.number} ` : ""}${about.title.replace(/^[A\d][\d.]*\s/, "")}`);
    return [count, live.make("li", {}, link, ": ", wrong ? live.say("not computed")
      : live.say("{n} moved", { n: count }))];
  });

  const faults = ({ answers, error }) => {
    if (error) return [live.make("p", { class: "live-fault" }, error, " ", live.say("Nothing was computed."))];
    return [...answers].flatMap(([chapter, { now, old }]) => {
      const wrong = [now, old].find((answer) => answer && answer.status !== "ok");
      return wrong ? [fault(chapter, wrong)] : [];
    });
  };

  /** What went wrong with a chapter: which, in one line, and the command. */
  const toldOf = (chapter, answer) => {
    const missing = answer.status === "missing";
    const why = missing ? live.say("this copy of the book holds no answer for these values.")
      : `${answer.reason || live.say("it was not computed")}.`.replace(/\.\.$/, ".");
    return [live.make("strong", {}, live.say("Chapter {number}:", { number: numbers([chapter]) })), ` ${why} `,
      missing ? live.say("This command computes it:") : live.say("The same by command:"), " ",
      live.make("code", {}, answer.command || live.literals.command(own(chapter), chapter))];
  };
  const fault = (chapter, answer) => live.make("div", { class: "live-fault" }, live.make("p", {}, ...toldOf(chapter, answer)),
    answer.status === "missing" ? nearest(chapter) : "");

  const own = (chapter) => Object.fromEntries(Object.entries(live.store.state.values)
    .filter(([name]) => window.bookSettings.chapters[chapter].parameters.includes(name)));

  /** Buttons for the stored values that are nearest to those that are not. */
  const nearest = (chapter) => {
    const changed = Object.entries(own(chapter));
    const offered = changed.flatMap(([name, literal]) => {
      const grid = (live.literals.parameter(name).grid ?? []).map(String);
      const alone = changed.length > 1 ? [[name, literal]] : [];
      if (grid.includes(literal)) return alone;
      const close = grid.filter((each) => !Number.isNaN(Number(each)))
        .sort((one, other) => Math.abs(one - literal) - Math.abs(other - literal)).slice(0, 2);
      return close.map((each) => [name, each]);
    });
    return offered.length ? live.make("p", { class: "live-nearest" }, live.say("Stored:"), " ", offered.map(([name, literal]) =>
      live.button(`${name} = ${literal}`, () => live.store.become({ [name]: literal }, null)))) : "";
  };

  // ---- moving through what moved

  const next = () => {
    const moved = live.patch.moved();
    if (!moved.length) return;
    place = (place + 1) % moved.length;
    const piece = moved[place];
    for (let box = piece.now.parentElement; box; box = box.parentElement) if (box.matches?.("details")) box.open = true;
    const element = piece.kind === "row" ? piece.now.querySelector("a") ?? piece.now
      : piece.kind === "sentence" ? piece.now.querySelector(".book-ask") ?? piece.now : piece.now;
    const takesFocus = element.matches("a[href]");
    if (!takesFocus) element.tabIndex = -1;
    piece.now.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    element.focus({ preventScroll: true });
    if (!takesFocus) element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
    parts.where.textContent = live.say("{n} of {all}", { n: place + 1, all: moved.length });
  };

  const back = () => {
    live.store.reset();
    speak(live.say("Back to the baseline."));
  };

  const speak = (text) => { voice.textContent = text; };

  const showWords = (on) => {
    words = on;
    document.documentElement.classList.toggle("live-words-off", !on);
  };

  const build = () => {
    parts = {
      count: live.make("p", { class: "live-count" }),
      faults: live.make("div", { class: "live-faults" }),
      where: live.make("span", { class: "live-where" }),
      // The page of changes shows those of the reader's own values nowhere else.
      others: live.make("details", { class: "live-others", open: live.address.page() === CHANGES }, live.make("summary", {}), live.make("ul", {})),
    };
    const shows = live.make("input", { type: "checkbox", role: "switch", checked: true, change: () => showWords(shows.checked) });
    parts.next = live.button(live.say("Next change"), next);
    parts.words = live.make("label", { class: "live-switch" }, shows, live.say("Words before and after"));
    parts.back = live.button(live.say("Back to the baseline"), back, { "aria-keyshortcuts": KEY });
    bar = live.make("section", { class: "live-bar", "aria-label": live.say("What moved"), hidden: true }, parts.count, parts.faults,
      live.make("div", { class: "live-buttons" }, parts.next, parts.where, parts.words, parts.back), parts.others);
    voice = live.make("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
    document.addEventListener("keydown", (event) => {
      if (event.code !== "KeyB" || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
      if (event.target.closest?.("input, textarea, select, [contenteditable]") || live.store.isBaseline()) return;
      event.preventDefault();
      back();
    });
    return [bar, voice];
  };

  const update = (progress, chapter, finished) => {
    const waiting = progress.here.filter((each) => progress.waiting.has(each));
    const base = live.store.isBaseline();
    bar.hidden = base;
    document.documentElement.classList.toggle("live-edition", !base);
    if (!chapter) place = -1;
    if (base) { parts.count.textContent = ""; return; }
    const counted = live.patch.count();
    parts.count.textContent = progress.error ? live.say("These values cannot be computed.")
      : waiting.length ? live.say("Computing {numbers} …", { numbers: numbers(waiting) }) : `${said(counted)}.`.replace(/^./, (first) => first.toUpperCase());
    parts.faults.replaceChildren(...faults(progress));
    const moved = counted.moved?.all ?? 0;
    parts.next.hidden = !moved;
    parts.where.hidden = !moved;
    if (place < 0) parts.where.textContent = "";
    parts.words.hidden = !counted.moved?.sentence;
    const done = progress.others.filter((each) => !progress.waiting.has(each)).length;
    const told = elsewhere(progress);
    parts.others.hidden = !progress.others.length;
    parts.others.firstChild.textContent = done < progress.others.length
      ? live.say("Other chapters: {n} of {all} computed", { n: done, all: progress.others.length })
      : live.many(told.reduce((sum, [count]) => sum + count, 0), "{n} change in other chapters", "{n} changes in other chapters");
    parts.others.lastChild.replaceChildren(...told.sort(([one], [other]) => other - one).map(([, item]) => item));
    if (chapter && progress.here.includes(chapter)) {
      const { now } = progress.answers.get(chapter);
      speak(now && now.status !== "ok" ? live.say("Chapter {number} was not computed.", { number: numbers([chapter]) })
        : live.say("Chapter {number} recomputed; on this page {what}.", { number: numbers([chapter]), what: said({ moved: counted.moved }) }));
    } else if (progress.error) speak(progress.error);
    else if (finished && !progress.here.length) speak(live.say("No number on this page reads what was changed."));
  };

  live.bar = { build, update, speak, KEY, CHANGES, told: toldOf };
})();
