// Explorers of a page begin where its values put them; what a reader moved in one stays until then.
(() => {
  const live = (window.bookLive ??= {});
  const shown = new Map(); // explorer as it was built -> [numbers, the one that stands for it]

  const begun = (own, numbers) =>
    live.make("div", { class: "explorer", id: own.id }, live.make("div", { class: "explorer-static" }),
      live.make("script", { type: "application/json" }, numbers));

  const put = (own, numbers) => {
    const [before, standing] = shown.get(own) ?? ["", own];
    if (before === numbers) return;
    const next = numbers ? begun(own, numbers) : own;
    standing.replaceWith(next);
    if (numbers) shown.set(own, [numbers, next]);
    else shown.delete(own);
    window.bookExplorers.start(next.parentElement);
  };

  let all = null;
  /** Put the explorers of a chapter's page where an answer begins them; null is the baseline. */
  const show = (chapter, answer) => {
    const page = document.querySelector("section#assumptions[data-chapter]");
    if (page?.dataset.chapter !== chapter) return;
    all ??= [...document.querySelectorAll("main .explorer[id]")];
    for (const own of all) {
      const numbers = answer?.explorers?.[own.id.replace("explorer-", "")];
      put(own, numbers ? JSON.stringify(numbers) : "");
    }
  };

  live.explorers = { show };
})();
