// The author's view: what is edited beside the page is shown on it, with the reason.
(() => {
  const live = (window.bookLive ??= {});
  const SCROLL = "live-scroll";
  const changed = new Set(); // chapters that moved since the pages were built

  const listen = () => {
    if (!live.transport.isLocal() || !live.store.token() || !window.EventSource) return;
    const fault = live.make("section", { class: "live-author", "aria-label": live.say("What is wrong in the sources"), hidden: true });
    const why = live.make("p", { class: "live-why", role: "status" });
    document.querySelector(".live-bar").prepend(why);
    document.querySelector(".live-bar").before(fault);
    const on = {
      changed: ({ chapters, why: lines }) => {
        for (const chapter of chapters ?? []) changed.add(chapter);
        live.transport.forget();
        why.replaceChildren(...(lines ?? []).flatMap((line, place) => [place ? live.make("br") : "", line]).filter(Boolean));
        live.asking.start(live.store.state);
      },
      fault: ({ text }) => {
        fault.hidden = false;
        fault.replaceChildren(live.make("strong", {}, live.say("The sources have a fault:")), live.make("pre", { tabindex: "0" }, text));
      },
      mended: () => { fault.hidden = true; fault.replaceChildren(); },
      pages: () => { live.store.remember(SCROLL, `${location.pathname} ${scrollY}`); location.reload(); },
    };
    const events = new EventSource(new URL("live/events", live.address.root()));
    const take = (event) => {
      let told;
      try { told = JSON.parse(event.data); } catch { return; }
      on[told.sort]?.(told);
    };
    events.addEventListener("message", take);
    for (const sort of Object.keys(on)) events.addEventListener(sort, take);
  };

  /** Where the page stood before it was loaded again. */
  const goBack = () => {
    const kept = live.store.recall(SCROLL), cut = kept.lastIndexOf(" ");
    if (!kept || kept.slice(0, cut) !== location.pathname) return;
    live.store.remember(SCROLL, "");
    scrollTo({ top: Number(kept.slice(cut + 1)), behavior: "instant" });
  };

  live.author = { listen, goBack, against: (chapter) => (changed.has(chapter) ? "?against=built" : "") };
})();
