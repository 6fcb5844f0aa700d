// Tables: a long one sorts by its headers; a wide one says that there is more beside what is seen.
(() => {
  const LONG = 10; // rows that are seen at a glance
  const SIZE = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
  // Sign, digits and size, as in "1200", "45.0 %", "USD 0.4 billion", "-USD 3".
  const FIRST = new RegExp(String.raw`(-?)(?:(?:[A-Z]{3}|[$€£¥])\s?)?(-?\d+(?:\.\d+)?)`
    + String.raw`(?:\s(${Object.keys(SIZE).join("|")})\b)?`);
  const NUMBER = new RegExp(`^[<>≤≥~+\\s]*${FIRST.source}\\s?(?:%|[A-Z]{3}|[$€£¥])?$`);
  const _ = (text) => window.book?.words?.[text] ?? text;

  const said = (row, column) => row.cells[column].textContent.trim().replace(/\u2212/g, "-");
  const isMissing = (text) => /^[–—-]?$/.test(text);
  const value = (text) => {
    const [, sign, digits, word] = text.replace(/,/g, "").match(FIRST) ?? [];
    return parseFloat(sign + digits) * (SIZE[word] ?? 1);
  };

  const sortable = (table) => {
    const body = table.tBodies[0], heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    const rows = [...(body?.rows ?? [])]; // in the order of the book, which comes back
    if (rows.length <= LONG || table.querySelector("[colspan], [rowspan]")) return;
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "table-sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const now = { ascending: "descending", descending: "" }[head.ariaSort] ?? "ascending";
        for (const each of heads) each.removeAttribute("aria-sort");
        if (now) head.setAttribute("aria-sort", now);
        body.append(...(now ? sorted(rows, column, now === "ascending" ? 1 : -1) : rows));
      });
    });
  };

  /** Rows by one column: what is missing stands last, whichever way the others go. */
  const sorted = (rows, column, sign) => {
    const texts = new Map(rows.map((row) => [row, said(row, column)]));
    const there = [...texts.values()].filter((text) => !isMissing(text));
    const key = rows[0].cells[column].matches(".number") || there.every((text) => NUMBER.test(text.replace(/,/g, "")))
      ? value : (text) => isMissing(text) ? NaN : text;
    const last = (told) => told !== told; // not a number
    return rows.toSorted((one, other) => {
      const [a, b] = [key(texts.get(one)), key(texts.get(other))];
      if (last(a) || last(b)) return last(a) - last(b);
      return sign * (typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true }));
    });
  };

  const scrolling = (box) => {
    const name = box.ariaLabel || box.querySelector("caption")?.textContent || _("Table");
    const see = () => {
      const rest = box.scrollWidth - box.clientWidth;
      box.classList.toggle("more-left", box.scrollLeft > 1);
      box.classList.toggle("more-right", rest - box.scrollLeft > 1);
      // The keyboard stops only where there is something to move.
      if (rest > 1) box.tabIndex = 0; else box.removeAttribute("tabindex");
      if (rest > 1) box.setAttribute("role", "region");
      // Said as well as shown by a shadow.
      if (box.role) box.ariaLabel = rest > 1 ? `${name}, ${_("scrolls sideways")}` : name;
    };
    box.addEventListener("scroll", see, { passive: true });
    const watch = new ResizeObserver(see);
    for (const each of [box, ...box.children]) watch.observe(each);
  };

  const bind = (within) => {
    for (const box of within.querySelectorAll(".book-table")) {
      box.querySelectorAll("table").forEach(sortable);
      scrolling(box);
    }
  };
  // Pieces of a page that come later are bound by whoever brings them.
  ((window.book ??= {}).pieces ??= []).push(bind);
  document.addEventListener("DOMContentLoaded", () => bind(document));
})();
