// The start, when all parts and the page are there.
(() => {
  const live = (window.bookLive ??= {});

  const start = () => {
    if (!window.bookSettings || !document.querySelector(".page-header")) return;
    live.patch.readPage();
    const panel = live.drawer.build(), [bar, voice] = live.bar.build();
    const dock = live.make("div", { class: "live-dock" }, bar, panel);
    document.querySelector(".page-header").after(dock, voice);
    // What is fixed at the foot hides nothing that has the focus, and the end of the page is seen.
    const wide = matchMedia("(min-width: 60rem)");
    const foot = new ResizeObserver(() => document.documentElement.style.setProperty("--live-foot",
      `${bar.offsetHeight + (wide.matches ? 0 : panel.offsetHeight)}px`));
    foot.observe(bar);
    foot.observe(panel);
    (window.book ??= {}).moved = live.patch.card;
    live.asking.listen((progress, chapter, finished) => { live.bar.update(progress, chapter, finished); if (finished) live.drawer.answered(); });
    live.store.listen((state) => {
      live.drawer.update();
      live.edition.show();
      live.address.carryAll(state);
      live.asking.start(state);
    });
    live.store.start();
    live.author.listen();
    live.author.goBack();
    if (live.store.recall(live.store.OPEN) && wide.matches) live.drawer.open(true, null, false);
  };

  // Behind the scripts of the page, which listen for the same.
  document.addEventListener("DOMContentLoaded", start);
})();
