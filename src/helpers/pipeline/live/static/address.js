// The address is the edition: what differs from the baseline stands in the query, sorted by name.
(() => {
  const live = (window.bookLive ??= {});
  const OTHERS = new Set(["token", "q", "highlight"]); // of other scripts of the book
  const LONGEST = 4000; // signs, of two editions

  const root = () => new URL(document.documentElement.dataset.root || "./", location.href.split(/[?#]/)[0]);
  /** Address of this page from the root of the book, as answers name it. */
  const page = () => decodeURIComponent(location.pathname.slice(root().pathname.length)) || "index.html";

  /** Values as an address; the baseline has an empty one. */
  const of = (values) => Object.keys(values).sort()
    .map((name) => `${name}=${quoted(values[name])}`).join("&");
  // As Python's quote writes it, since it is also the name of a file.
  const quoted = (text) => encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

  /** Values of those parameters alone that a chapter reads. */
  const ofChapter = (values, chapter) => {
    const names = new Set(window.bookSettings.chapters[chapter]?.parameters ?? []);
    return of(Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name))));
  };

  const values = (pairs) => {
    const found = {};
    for (const [name, text] of pairs) {
      const about = live.literals.parameter(name);
      if (!about) return { error: live.say("'{name}' is not a parameter of this book; the panel lists all of them.", { name }) };
      if (name in found) return { error: live.say("{name} is given twice.", { name }) };
      const literal = live.literals.read(about, text);
      if (literal === null) {
        return { error: live.say("{name}: {expected} is expected, not {text}.", { name, expected: about.expected, text }) };
      }
      found[name] = literal;
    }
    for (const [name, literal] of Object.entries(found)) {
      if (literal === live.literals.parameter(name).literal) delete found[name];
    }
    return { values: found };
  };

  /** What a query says: `values`, `old` (null unless two are compared), or an `error` in one line. */
  const read = (query) => {
    if (query.length > LONGEST) return { values: {}, old: null, error: live.say("The address is too long.") };
    const pairs = [...new URLSearchParams(query)].filter(([name]) => !OTHERS.has(name));
    const two = pairs.filter(([name]) => name === "a" || name === "b");
    if (!two.length) return { values: {}, old: null, error: "", ...values(pairs) };
    if (two.length !== pairs.length || new Set(two.map(([name]) => name)).size !== two.length) {
      return { values: {}, old: null, error: live.say("An address compares two editions as ?a=…&b=…, and holds nothing else.") };
    }
    const each = Object.fromEntries(two);
    const old = values([...new URLSearchParams(each.a ?? "")]);
    const now = values([...new URLSearchParams(each.b ?? "")]);
    const error = old.error ?? now.error ?? "";
    return error ? { values: {}, old: null, error } : { values: now.values, old: old.values, error: "" };
  };

  /** The query of a state, with its question mark; empty for the baseline. */
  const query = ({ values: now, old }) => {
    const asked = old ? `a=${encodeURIComponent(of(old))}&b=${encodeURIComponent(of(now))}` : of(now);
    return asked ? `?${asked}` : "";
  };

  // ---- links to other pages of the book keep the edition

  const written = new Map(); // link -> its address as the page has it
  const leadsToAPage = (link) => {
    const there = new URL(link.href, location.href);
    const at = root();
    return there.protocol === at.protocol && there.host === at.host && there.pathname.startsWith(at.pathname)
      && there.pathname.endsWith(".html") && !link.hasAttribute("download")
      && !/\/(editions|live|_static)\//.test(there.pathname.slice(at.pathname.length - 1));
  };
  const carry = (link, asked) => {
    const address = written.get(link) ?? link.getAttribute("href");
    if (!address || address.startsWith("#") || (!written.has(link) && !leadsToAPage(link))) return;
    written.set(link, address);
    const [, before, , hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(address);
    link.setAttribute("href", before + asked + (hash ?? ""));
  };

  /** Write the query of a state into every link to a page of the book; none puts them back. */
  const carryAll = (state) => {
    const asked = state.error ? "" : query(state);
    if (asked) for (const link of document.querySelectorAll("a[href]")) carry(link, asked);
    else {
      for (const [link, address] of written) link.setAttribute("href", address);
      written.clear();
    }
  };

  // Links that came later, such as those of the card of a number.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]"), asked = live.store && query(live.store.state);
    if (link && asked && !live.store.state.error) carry(link, asked);
  }, true);

  live.address = { root, page, of, ofChapter, read, query, carryAll };
})();
