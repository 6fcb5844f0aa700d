// The state: values that differ from the baseline, and those that they are compared with.
(() => {
  const live = (window.bookLive ??= {});
  const OPEN = "live-panel", TOKEN = "live-token";
  const SOON = 1000; // ms in which moving one knob on is one step of the history
  const told = [];
  let last = { name: "", at: 0 };

  const state = { values: {}, old: null, error: "" };

  // A browser that keeps nothing still has its pages.
  const recall = (name) => { try { return sessionStorage.getItem(name) ?? ""; } catch { return ""; } };
  const remember = (name, text) => { try { sessionStorage.setItem(name, text); } catch { /* for this page only */ } };

  const tell = () => { for (const each of told) each(state); };

  const write = (name) => {
    const asked = live.address.query(state);
    if (asked === location.search) return;
    const on = name && name === last.name && performance.now() - last.at < SOON;
    last = { name, at: performance.now() };
    try {
      history[on ? "replaceState" : "pushState"](null, "", (asked || location.pathname) + location.hash);
    } catch {
      location.search = asked; // pages from the file system: the page is loaded at its new address
    }
  };

  const become = (values, old, name = "") => {
    Object.assign(state, { values, old, error: "" });
    write(name);
    tell();
  };

  /** Set one parameter; its baseline, or null, takes it out. */
  const set = (name, literal) => {
    const values = { ...state.values };
    if (literal === null || literal === live.literals.parameter(name).literal) delete values[name];
    else values[name] = literal;
    if (live.address.of(values) !== live.address.of(state.values) || state.error) become(values, state.old, name);
  };

  const readAddress = () => {
    Object.assign(state, live.address.read(location.search));
    tell();
  };

  /** Read the address, and the token that the author's own start address has. */
  const start = () => {
    const query = new URLSearchParams(location.search);
    const token = query.get("token");
    if (token) {
      remember(TOKEN, token);
      // Taken out of the address, which may be sent to others.
      const rest = location.search.slice(1).split("&").filter((part) => !part.startsWith("token=")).join("&");
      try { history.replaceState(null, "", (rest ? `?${rest}` : location.pathname) + location.hash); } catch { /* stays */ }
    }
    addEventListener("popstate", () => {
      if (live.address.query(state) !== location.search || state.error) readAddress();
    });
    readAddress();
  };

  live.store = {
    state, set, start, recall, remember,
    listen: (each) => told.push(each),
    become: (values, old = state.old) => become(values, old),
    reset: () => become({}, null),
    value: (name) => state.values[name] ?? live.literals.parameter(name).literal,
    // What a page is held against, as labels name it.
    other: () => (state.old ? live.say("other edition") : live.say("baseline")),
    isBaseline: () => !state.error && !state.old && !Object.keys(state.values).length,
    token: () => recall(TOKEN),
    OPEN,
  };
})();
