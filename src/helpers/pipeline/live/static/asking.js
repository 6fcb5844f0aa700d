// What has to be asked after a change, in which order; the latest change wins.
(() => {
  const live = (window.bookLive ??= {});
  const LANES = 2; // chapters that are asked at the same time
  const told = [];
  let stop = null;

  /** How far it is: chapters of this page and of others, what they said. */
  const progress = { here: [], others: [], waiting: new Set(), answers: new Map(), error: "" };
  const tell = (chapter, finished) => { for (const each of told) each(progress, chapter, finished); };

  const asks = (chapter, { values, old }) => ({
    now: live.address.ofChapter(values, chapter),
    old: old ? live.address.ofChapter(old, chapter) : "",
    // In the author's view a chapter may have moved although no value did.
    query: live.author.against(chapter),
  });

  const lanes = async (count, chapters, work) => {
    const rest = [...chapters];
    await Promise.all(Array.from({ length: count }, async () => {
      while (rest.length) await work(rest.shift());
    }));
  };

  const one = async (chapter, state, signal) => {
    const addresses = asks(chapter, state), { query } = addresses;
    const of = (address) => (address || query ? live.transport.answer(chapter, address, signal, query, progress.here.includes(chapter)) : null);
    const [now, old] = await Promise.all([of(addresses.now), state.old ? of(addresses.old) : null]);
    if (signal.aborted) return; // a late answer overwrites nothing
    progress.waiting.delete(chapter);
    progress.answers.set(chapter, { now, old });
    live.patch.show(chapter, { now, old });
    tell(chapter, !progress.waiting.size);
  };

  /** Ask all that a state moves; what was asked before is not wanted any more. */
  const start = async (state) => {
    stop?.abort();
    stop = new AbortController();
    const { signal } = stop;
    const all = Object.keys(window.bookSettings.chapters);
    const moves = (chapter) => Object.values(asks(chapter, state)).some(Boolean);
    const on = new Set(live.patch.chapters());
    const wanted = state.error ? [] : all.filter(moves);
    Object.assign(progress, { here: wanted.filter((each) => on.has(each)),
      others: wanted.filter((each) => !on.has(each)), waiting: new Set(wanted), answers: new Map(), error: state.error });
    for (const chapter of on) {
      if (!progress.waiting.has(chapter)) live.patch.show(chapter, { now: null, old: null });
      else live.patch.wait(chapter);
    }
    tell("", !wanted.length);
    if (!wanted.length) return;
    try {
      // What only holds between two values, the registry alone knows.
      const refused = (await Promise.all([state.values, state.old ?? {}].map((values) =>
        live.transport.check(live.address.of(values), signal)))).find(Boolean);
      if (signal.aborted) return;
      if (refused) {
        Object.assign(progress, { error: refused, waiting: new Set(), here: [], others: [] });
        for (const chapter of on) live.patch.show(chapter, { now: null, old: null });
        tell("", true);
        return;
      }
      await lanes(LANES, progress.here, (chapter) => one(chapter, state, signal));
      await lanes(LANES, progress.others, (chapter) => one(chapter, state, signal));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };

  live.asking = { start, progress, listen: (each) => told.push(each) };
})();
