// What a reader takes along: the command, the address, results as files, a scenario, how to cite it.
(() => {
  const live = (window.bookLive ??= {});
  const OFTEN = 1; // seconds between two looks at a build
  const { make, say } = { make: (...all) => live.make(...all), say: (...all) => live.say(...all) };

  const copyTo = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Where a page may not use the clipboard, the older way still works.
      const field = make("textarea", { class: "visually-hidden" });
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      if (!done) return false;
    }
    return true;
  };

  const copier = (words, text) => {
    const button = live.button(words, async () => {
      const focus = document.activeElement;
      const done = await copyTo(text());
      focus?.focus({ preventScroll: true });
      button.textContent = done ? say("Copied") : say("Not copied");
      live.bar.speak(button.textContent);
      setTimeout(() => { button.textContent = words; }, 2000);
    });
    return button;
  };

  const command = () => live.literals.command(live.store.state.values);

  /** Runs whose answers are on this page, by chapter. */
  const runs = () => [...live.asking.progress.answers].filter(([, { now }]) => now?.key)
    .map(([chapter, { now }]) => `${window.bookSettings.chapters[chapter].number || chapter} ${now.key.slice(0, 12)}`);

  const citation = () => {
    const { authors, title, book_version: version } = window.bookSettings;
    const values = Object.entries(live.store.state.values).sort().map(([name, literal]) => `${name} = ${literal}`);
    const ran = runs();
    return [`${authors.length ? `${authors.join(" and ")}: ` : ""}${title || document.documentElement.dataset.book || ""}, version ${version}`,
      values.length ? say("computed by a reader with {values}", { values: values.join(", ") }) : say("baseline"),
      ran.length ? say("runs {runs}", { runs: ran.join(", ") }) : "", location.protocol === "file:" ? "" : location.href.split("#")[0],
      values.length ? say("The authors did not choose these values and do not vouch for what they give") : ""]
      .filter(Boolean).map((part) => (part.startsWith("http") ? part : part.replace(/^./, (first) => first.toUpperCase()))).join(". ") + ".";
  };

  // Pages that are built anew, as a saved scenario has them, are loaded again: what was told of these
  // values is told on.
  const SAVED = "live-saved", BUILT = "live-built";
  const here = () => live.address.of(live.store.state.values);
  const keep = (what, name) => live.store.remember(what, name && `${name} ${here()}`);
  const kept = (what) => { const [name, of] = live.store.recall(what).split(" "); return of === here() ? name : ""; };
  const savedAs = (name) => (name ? say("Saved as scenario {name}.", { name }) : "");

  const scenario = () => {
    const told = make("p", { role: "status" }, savedAs(kept(SAVED)));
    const title = make("input", { type: "text", required: true, maxlength: "80", id: "live-scenario-title" });
    const why = make("input", { type: "text", required: true, maxlength: "300", id: "live-scenario-why" });
    return make("form", { class: "live-form", submit: async (event) => {
      event.preventDefault();
      const name = title.value.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
      const answer = await live.transport.post("scenarios", { name, title: title.value.trim(), why: why.value.trim(), values: live.store.state.values });
      if (!answer.error) keep(SAVED, answer.name ?? name);
      told.textContent = answer.error ?? savedAs(answer.name ?? name);
    } }, make("h4", {}, say("Save it as a scenario of the book")), make("p", {}, make("label", { for: title.id }, say("Title")), title), make("p", {}, make("label", { for: why.id }, say("Why")), why),
    make("p", {}, make("button", { type: "submit", class: "live-button" }, say("Save as a scenario"))), told);
  };

  const STATES = { waiting: "waits for its turn", running: "is being built", done: "is there", failed: "was not built" };

  const edition = () => {
    const told = make("p", { role: "status" });
    const watch = async (edition) => {
      for (;;) {
        const state = await live.transport.state(edition);
        const name = state.state ?? state.status;
        const line = [say("The edition {state}.", { state: say(STATES[name] ?? name ?? "") }), state.line ?? state.reason ?? ""].filter(Boolean).join(" ");
        if (told.textContent !== line) told.textContent = line;
        if (name === "done") {
          const address = new URL(state.address ?? `editions/${encodeURIComponent(edition)}/html/index.html`, live.address.root());
          if (address.origin === location.origin) told.append(" ", make("a", { href: address.href }, say("Open it")));
        }
        if (!["waiting", "running"].includes(name)) return;
        await live.transport.wait(OFTEN);
      }
    };
    const button = live.button(say("Build the whole edition"), async () => {
      told.textContent = say("Asking …");
      const answer = await live.transport.post("editions", { values: live.store.state.values });
      if (answer.error) { told.textContent = answer.error; return; }
      keep(BUILT, answer.name);
      await watch(answer.name);
    });
    if (kept(BUILT)) watch(kept(BUILT));
    return make("div", {}, make("p", {}, button), told);
  };

  const gates = () => make("details", { class: "live-more" }, make("summary", {}, say("What is checked for these values")),
    make("p", {}, make("strong", {}, say("In every run:"))),
    make("ul", {}, [say("each value has its type and lies in its range"), say("every result is finite and lies in its own bounds"),
      say("every result, sentence and figure that the chapter promises is there")].map((each) => make("li", {}, each))),
    make("p", {}, make("strong", {}, say("Only for the baseline:"))),
    make("ul", {}, [say("outputs equal those committed in the notebooks"), say("results agree with a second computation"),
      say("claims in sentences that nobody computes")].map((each) => make("li", {}, each))));

  /** The part of the panel; `show` brings it to the state. */
  const part = () => {
    const shownCommand = make("code", {}), cited = make("p", { class: "live-cite" });
    const downloads = make("p", { class: "live-files" });
    const compare = live.button(say("Compare from here on"), () => live.store.become({ ...live.store.state.values }, { ...live.store.state.values }));
    const own = live.transport.isLocal() && live.store.token() ? [scenario(), edition()] : [];
    const told = own.length && (kept(SAVED) || kept(BUILT));
    const element = make("details", { class: "live-more live-take", open: Boolean(told) }, make("summary", {}, say("Take it along")),
      make("p", {}, shownCommand), make("p", { class: "live-buttons" }, copier(say("Copy the command"), command),
        copier(say("Copy the address"), () => location.href.split("#")[0]), compare),
      downloads, own, make("h4", {}, say("How to cite it")), cited, make("p", {}, copier(say("Copy the citation"), citation)));
    const show = () => {
      shownCommand.textContent = command();
      cited.textContent = citation();
      const address = live.address.of(live.store.state.values);
      const offered = live.transport.isServed() && address && !live.store.state.error;
      downloads.replaceChildren(...(offered ? [say("Results of all chapters: "),
        ...["csv", "json", "zip"].flatMap((end) => [make("a", { href: live.transport.place("take", `${address}.${end}`).href, download: true }, end.toUpperCase()), " "])] : []));
      downloads.hidden = !offered;
    };
    return { element, show, gates: gates() };
  };

  live.take = { part };
})();
