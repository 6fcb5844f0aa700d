// Where a sentence turns to other words: asked for one parameter, told in words and as ticks.
(() => {
  const live = (window.bookLive ??= {});
  const label = (chapter) => window.bookSettings.chapters[chapter]?.number || chapter;

  /** Words with what changes in them between brackets, as struck and new ones. */
  const inWords = (text) => text.split(/\[([^[\]]*? -> [^[\]]*?)\]/).map((part, place) => {
    if (!(place % 2)) return part;
    const [from, to] = part.split(" -> ");
    return [from.trim() ? live.difference.mark("del", from) : "", to.trim() ? live.difference.mark("ins", to) : ""];
  });

  const turns = (about, told) => told.turns.map((turn) => live.make("li", {}, turn.words ? inWords(turn.words)
    : live.say("{from} -> {to}, between {low} and {high}", { from: turn.from, to: turn.to, low: turn.between?.[0], high: turn.between?.[1] }),
    ` (${label(told.chapter)})`));

  const held = (told) => {
    const range = told.swept ? live.say("from {low} to {high}", { low: told.swept[0], high: told.swept[1] })
      : (told.tried ?? []).join(", ");
    const [sentences, results] = [told.holds ?? [], told.results_held ?? []].map((each) => each.length);
    const wrong = (told.refused?.length ?? 0) + (told.failed?.length ?? 0);
    return live.make("li", {}, live.say("Chapter {number}, swept {range}:", { number: label(told.chapter), range }), " ",
      live.many(sentences, "{n} sentence", "{n} sentences"), ", ", live.many(results, "{n} result", "{n} results"), " ",
      live.many((told.tried?.length ?? 0) - wrong, "held at {n} value tried.", "held at all {n} values tried."), wrong ? ` ${live.many(wrong, "{n} value did not run.", "{n} values did not run.")}` : "");
  };

  const mark = (kind, at, told) => {
    for (const turn of told.turns) {
      for (const value of turn.between ?? []) {
        const number = Number(value);
        if (Number.isNaN(number)) continue;
        const tick = live.make("span", { class: "live-tick live-tick-flip", title: turn.words ?? value });
        tick.style.setProperty("left", at(number));
        kind.flips.append(tick);
      }
    }
  };

  /** Button and place of the answer; nothing for what cannot be swept. */
  const offer = (about, kind, at) => {
    const numeric = about.low != null && about.high != null && about.name !== "random_seed" && !about.type.startsWith("list");
    if (!numeric && !about.choices?.length) return null;
    const place = live.make("div", { class: "live-flipping", role: "status" });
    let stop = null;
    const ask = async () => {
      const here = live.patch.chapters().filter((chapter) => window.bookSettings.chapters[chapter].parameters.includes(about.name));
      const all = Object.keys(window.bookSettings.chapters).filter((chapter) => window.bookSettings.chapters[chapter].parameters.includes(about.name));
      const chapters = here.length ? here : all;
      stop?.abort();
      stop = new AbortController();
      const { signal } = stop;
      place.replaceChildren(live.make("p", {}, live.say("Trying values of {name}, which may take a minute …", { name: about.name })));
      kind.flips?.replaceChildren();
      const list = live.make("ul", {});
      for (const chapter of chapters) {
        // Of the other parameters of the chapter as they stand now.
        const { [about.name]: own, ...others } = live.store.state.values;
        let told;
        try {
          told = await live.transport.tipping(chapter, about.name, live.address.ofChapter(others, chapter), signal);
        } catch (error) {
          if (error.name === "AbortError") return;
          throw error;
        }
        if (!told.turns) {
          list.append(live.make("li", {}, live.say("Chapter {number}: {why}", { number: label(chapter),
            why: told.reason ?? told.error ?? live.say("no sweep is stored for these values.") })));
          continue;
        }
        if (kind.flips) mark(kind, at, told);
        list.append(...turns(about, told), held(told));
      }
      place.replaceChildren(live.make("p", {}, live.say("Words that change, each with the value from which on:")), list);
    };
    const button = live.button(live.say("Where does it flip?"), ask);
    button.append(live.aside(`: ${live.literals.inWords(about)}`));
    return { button, place };
  };

  live.tipping = { offer };
})();
