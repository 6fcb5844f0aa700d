// Where answers come from: a server, or files beside the pages, which may be opened from a folder.
(() => {
  const live = (window.bookLive ??= {});
  const MOST = 300; // answers that are kept for going back and forth
  const known = new Map();

  const mode = () => window.bookSettings.mode;
  const isServed = () => mode() !== "static";
  const place = (...parts) => new URL(`live/${parts.map(encodeURIComponent).join("/")}`, live.address.root());
  const stopped = () => new DOMException("asked for something else", "AbortError");

  const wait = (seconds, signal) => new Promise((done, failed) => {
    const timer = setTimeout(done, seconds * 1000);
    signal?.addEventListener("abort", () => { clearTimeout(timer); failed(stopped()); }, { once: true });
  });

  const BUSY = [429, 503];
  const fetched = async (address, signal, urgent) => {
    for (;;) {
      const response = await fetch(address, { signal, headers: { Accept: "application/json", "X-Book-Urgency": urgent ? "2" : "1" } });
      if (!BUSY.includes(response.status)) return response;
      // It says when to come again.
      await wait(Math.min(30, Math.max(0.2, Number(response.headers.get("Retry-After")) || 1)), signal);
    }
  };

  const served = async (address, signal, urgent = true) => {
    let response;
    try {
      response = await fetched(address, signal, urgent);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      return { status: "dead", reason: live.say("The server of this book does not answer.") };
    }
    const told = await response.json().catch(() => ({}));
    if (response.ok) return told;
    return { status: "refused", reason: told.error ?? live.say("The server says: {status}.", { status: response.status }) };
  };

  // A file that calls one function with what it holds. Its load follows at once on what it did.
  let received = null;
  window.bookAnswer = window.bookTipping = (told) => { received = told; };
  const scripted = (address, signal) => new Promise((done, failed) => {
    const script = document.createElement("script");
    signal?.addEventListener("abort", () => { script.remove(); failed(stopped()); }, { once: true });
    script.src = address;
    script.onload = () => { const told = received; received = null; script.remove(); done(told ?? { status: "missing" }); };
    script.onerror = () => { script.remove(); done({ status: "missing" }); };
    document.head.append(script);
  });

  const ask = async (parts, signal, query = "", urgent = true) => {
    const end = isServed() ? ".json" : ".js";
    // A file of the end alone would be hidden, and hosts leave such files out.
    const address = place(...parts.slice(0, -1), (parts.at(-1) || "baseline") + end);
    address.search = query;
    const told = isServed() ? await served(address, signal, urgent) : await scripted(address, signal);
    if (signal?.aborted) throw stopped();
    return told;
  };

  /** The answer of a chapter under an address; rejects only when it is not wanted any more. */
  const answer = async (chapter, address, signal, query = "", urgent = true) => {
    const key = `${chapter}/${address}${query}`;
    if (known.has(key)) return known.get(key);
    const told = await ask(["answers", chapter, address], signal, query, urgent);
    if (told.status === "ok" && !query) {
      if (known.size >= MOST) known.delete(known.keys().next().value);
      known.set(key, told);
    }
    return told;
  };

  // A file needs a name where an address may be empty.
  const tipping = (chapter, name, address, signal) =>
    ask(["tipping", chapter, name, address || (isServed() ? "" : "baseline")], signal);

  /** The server's own word on an address: its line where it refuses it, else nothing. */
  const check = async (address, signal) => {
    if (!isServed() || !address) return "";
    const told = await served(new URL(`live/check?${address}`, live.address.root()), signal);
    return told.error ?? (told.ok === false ? told.reason ?? "" : "");
  };

  /** Ask the author's own server to write something. */
  const post = async (what, body) => {
    try {
      const response = await fetch(new URL(`live/${what}`, live.address.root()), {
        method: "POST", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-Book-Token": live.store.token() },
      });
      const told = await response.json().catch(() => ({}));
      return response.ok ? told : { error: told.error ?? live.say("The server says: {status}.", { status: response.status }) };
    } catch { return { error: live.say("The server of this book does not answer.") }; }
  };

  const state = (edition) => served(place("editions", `${edition}.json`));

  live.transport = { isServed, answer, tipping, check, post, state, place, wait,
    isLocal: () => mode() === "local", forget: () => known.clear() };
})();
