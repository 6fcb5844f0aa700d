// Every number can be asked: its card says what it is and what it rests on. Without this script a
// number is a link to its row on the page of all results, and that page shows every row.
(() => {
  const ASKED = "a.book-value[href], .book-ask";
  const SLOW_TO_OPEN = 350, SLOW_TO_CLOSE = 350;  // ms: passing over a number opens nothing
  const FEW = 5;  // claims that a card lists
  const ROOT = document.documentElement.dataset.root || "./";
  const _ = (text) => window.book?.words?.[text] ?? text;
  const fill = (text, parts) => _(text).replace(/\{(\w+)\}/g, (all, name) => parts[name] ?? all);

  // ---- data: a script for each chapter, since a page from a folder may fetch nothing

  const loading = new Map();
  const load = (chapter) => {
    const there = () => window.book?.values?.[chapter] ?? null;
    if (!loading.has(chapter)) {
      loading.set(chapter, new Promise((done) => {
        const script = document.createElement("script");
        script.src = `${ROOT}_static/values/${encodeURIComponent(chapter)}.js`;
        script.onload = script.onerror = () => done(there());
        document.head.append(script);
      }));
    }
    return loading.get(chapter);
  };

  const nameOf = (number) => {
    const { result, quote, sentence } = (number.closest(".book-sentence") ?? number).dataset;
    const told = number.matches(".book-ask") ? sentence : result ?? quote;
    const cut = told.lastIndexOf("/");
    return [told.slice(0, cut), told.slice(cut + 1)];
  };

  // ---- elements: text is set as text, whatever it says

  const make = (tag, options = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) element.setAttribute(name, value);
    element.append(...inside.flat().filter((each) => each !== null && each !== ""));
    return element;
  };
  const page = (address, text) => make("a", { href: ROOT + address }, text);
  const outside = (address, text) =>
    /^https?:\/\//.test(address) ? make("a", { href: address, rel: "external" }, text) : text;
  const list = (items) => make("ul", {}, items.map((each) => make("li", {}, each)));

  const TYPES = { result: _("result"), sentence: _("sentence that code chose"),
    quote: _("as the paper prints it") };
  const STATUSES = { computed: _("computed"), scope_flagged: _("crosses two scopes"),
    refused: _("refused"), not_in_paper: _("not in the paper") };

  const claim = (data, id) => {
    const told = data.claims[id];
    if (!told) return [id];
    const verdict = told.verdict && make("span", { title: told.because },
      data.audit ? page(data.audit, told.verdict) : told.verdict);
    return [make("strong", {}, told.printed), told.open ? ` (± ${told.open})` : "",
      told.kind ? `, ${_(told.kind)}` : "", `, ${told.about}`, verdict ? [": ", verdict] : ""].flat();
  };

  const rows = (data, record, chapter) => {
    const claims = record.claims ?? [], editions = record.editions;
    const more = claims.length > FEW
      ? [[fill("and {n} more", { n: claims.length - FEW })]] : [];
    const found = [
      [_("Kind"), [TYPES[record.type], record.status ? `, ${STATUSES[record.status]}` : ""]],
      [_("Unit"), record.unit && record.unit !== "-" ? [record.unit] : null],
      [_("In full"), record.full ? [record.full] : null],
      [_("Digits allow"), record.range ? [fill("{low} to {high}",
        { low: record.range[0], high: record.range[1] })] : null],
      [_("Scope"), record.scope ? [record.scope] : null],
      [_("Why"), record.note ? [record.note] : null],
      [_("Baseline"), record.before ? [record.before] : null],
      [_("Printed"), claims.length
        ? [list([...claims.slice(0, FEW).map((id) => claim(data, id)), ...more])] : null],
      [_("Tables"), record.tables ? [list(record.tables.map((name) => {
        const table = data.tables[name];
        const sources = table.sources.flatMap(([title, address], place) =>
          [place ? "; " : "", outside(address, title)]);
        const rest = table.more ? "; " + fill("{n} more", { n: table.more }) : "";
        return [page(`sources.html#${table.place}`, table.title),
          table.own ? ` (${_("your own")})` : "",
          sources.length ? make("small", {}, ": ", sources, rest) : ""];
      }))] : null],
      [_("Parameters on its way"), record.parameters ? [list(record.parameters.map((name) => {
        const told = data.parameters[name];
        return [page(`parameters.html#${told.place}`, make("code", {}, name)), ` = ${told.value}`,
          told.baseline ? " (" + fill("baseline {value}", { value: told.baseline }) + ")" : "",
          make("small", {}, `. ${told.meaning}`)];
      }))] : [_("none")]],
      [_("In editions"), editions ? [fill("{text} in {same} of {all}",
        { text: editions.usual, same: editions.same, all: editions.all }),
        editions.others ? list(editions.others.map(([title, text]) => [`${title}: `, text])) : ""]
        : null],
      [_("Code"), record.code
        ? [page(`chapters/${encodeURIComponent(chapter)}.html#${record.code}`,
          _("the cell that made it"))] : null],
    ];
    return found.filter(([, said]) => said).flatMap(
      ([name, said]) => [make("dt", {}, name), make("dd", {}, said)]);
  };

  const copier = (address) => {
    const button = make("button", { type: "button" }, _("Copy a link to it"));
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(new URL(address, location.href).href);
        button.textContent = _("Copied");
      } catch { button.textContent = _("Copy the address of the link beside this"); }
    });
    return button;
  };

  // Where a reader has set other values, the page shows what they give.
  const asShown = (data, chapter, name) => {
    const moved = window.book?.moved?.(chapter, name), record = data?.records[name];
    if (!moved || !record) return [record, data];
    const parameters = { ...data.parameters };
    for (const [key, value] of Object.entries(moved.parameters)) {
      if (parameters[key]) parameters[key] = { ...parameters[key], ...value };
    }
    return [{ ...record, ...moved.record }, { ...data, parameters }];
  };

  const content = (data, number) => {
    const [chapter, name] = nameOf(number);
    const [record, told] = asShown(data, chapter, name);
    if (!record) return [make("p", { id: "book-card-title" }, _("The details could not be loaded."))];
    const place = `chapters/${encodeURIComponent(chapter)}.html${record.place ? `#${record.place}` : ""}`;
    return [
      make("div", { id: "book-card-title", class: "book-card-title" },
        record.label || (record.type === "quote" ? _("A printed figure") : _("A sentence"))),
      record.type === "sentence" ? "" : make("div", { class: "book-card-value" }, record.text),
      make("p", { class: "book-card-links" }, make("a", { href: number.href }, _("All results")),
        page(place, data.chapter), copier(ROOT + place)),
      make("dl", {}, rows(told, record, chapter)),
    ];
  };

  // ---- the card: one for the page, opened by hover, focus or press

  let card = null, asked = null, how = "", timer = 0;

  const build = () => {
    const close = make("button", { type: "button", class: "book-card-close",
      "aria-label": _("Close") }, "×");
    close.addEventListener("click", () => hide(true));
    card = make("div", { id: "book-card", class: "book-card", popover: "manual", role: "dialog",
      tabindex: "-1", "aria-labelledby": "book-card-title" }, close, make("div"));
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", leave);
    document.body.append(card);
  };

  // For browsers that cannot place an element by another one themselves.
  const place = () => {
    if (CSS.supports("position-area: block-end")) return;
    card.classList.add("book-card-placed");
    const box = asked.getBoundingClientRect(), edge = 8, gap = 6;
    const below = innerHeight - box.bottom > box.top;
    const room = (below ? innerHeight - box.bottom : box.top) - gap - edge;
    card.style.maxHeight = `${Math.max(room, 96)}px`;
    card.style.left = `${Math.max(edge, Math.min(box.left, innerWidth - card.offsetWidth - edge))}px`;
    card.style.top = below ? `${box.bottom + gap}px`
      : `${Math.max(edge, box.top - gap - card.offsetHeight)}px`;
  };

  const show = async (number, by) => {
    clearTimeout(timer);
    if (card?.matches(":popover-open") && asked === number) {
      how = by === "press" ? by : how;
    } else {
      hide(false);
      asked = number;
      how = by;
      const data = await load(nameOf(number)[0]);
      if (asked !== number) return;  // another was asked meanwhile, or none
      if (!card) build();
      card.lastChild.replaceChildren(...content(data, number).filter(Boolean));
      number.classList.add("book-asked");
      card.showPopover();
      card.scrollTop = 0;
      place();
    }
    if (how === "press") card.focus({ preventScroll: true });
  };

  const hide = (back) => {
    clearTimeout(timer);
    const number = asked;
    asked = null;
    number?.classList.remove("book-asked");
    if (!card?.matches(":popover-open")) return;
    const inside = card.contains(document.activeElement);
    card.hidePopover();
    if (number && (back || inside)) {
      silent = true;  // it was asked and put away
      number.focus({ preventScroll: true });
      silent = false;
    }
  };

  let silent = false;
  const later = (number, by) => {
    clearTimeout(timer);
    if (asked === number) return;
    timer = setTimeout(() => show(number, by), SLOW_TO_OPEN);
  };
  const leave = () => {
    clearTimeout(timer);
    if (how === "hover") timer = setTimeout(() => hide(false), SLOW_TO_CLOSE);
  };

  document.addEventListener("pointerover", (event) => {
    const number = event.pointerType === "mouse" && event.target.closest?.(ASKED);
    if (!number) return;
    if (number === asked) clearTimeout(timer);
    else if (how !== "press" || !asked) later(number, "hover");
  });
  document.addEventListener("pointerout", (event) => {
    const number = event.target.closest?.(ASKED);
    if (number && !number.contains(event.relatedTarget)) leave();
    if (number && number !== asked) clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const number = event.target.closest?.(ASKED);
    if (number && !silent && number.matches(":focus-visible")) later(number, "focus");
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.closest?.(ASKED)) clearTimeout(timer);
    if (asked && how === "focus" && event.target === asked && !card?.contains(event.relatedTarget)) {
      hide(false);
    }
  });
  document.addEventListener("click", (event) => {
    const number = event.target.closest?.(ASKED);
    if (!number || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (asked === number && how === "press") hide(true);
    else show(number, "press");
  });
  document.addEventListener("pointerdown", (event) => {
    if (asked && !card?.contains(event.target) && !asked.contains(event.target)) hide(false);
  });
  document.addEventListener("keydown", (event) => {
    if (!asked || !card?.matches(":popover-open")) return;
    if (event.key === "Escape") {
      event.preventDefault();
      hide(card.contains(document.activeElement));
    } else if (event.key === "Tab" && card.contains(document.activeElement)) {
      // The card stands behind its number, for whoever goes through the page by key.
      const stops = [...card.querySelectorAll("a[href], button")];
      const first = [card, stops[0]].includes(document.activeElement);
      if (event.shiftKey && first) event.preventDefault();
      else if (event.shiftKey || document.activeElement !== stops.at(-1)) return;
      hide(true);
    }
  }, true);
  addEventListener("resize", () => asked && card && place());
  addEventListener("scroll", () => asked && card && place(), { passive: true });

  // ---- the page of all results

  const ledger = () => {
    const form = document.querySelector(".book-filter");
    if (!form) return;
    const count = form.querySelector(".book-count");
    const lines = [...document.querySelectorAll(".book-ledger tbody tr")].map((row) => {
      const [chapter] = row.dataset.result.split("/");
      return { row, chapter, type: row.dataset.type, status: row.dataset.status,
        text: `${row.textContent} ${row.dataset.result}`.toLowerCase() };
    });
    const fields = ["q", "chapter", "type", "status"];
    const chosen = () => Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));

    const filter = () => {
      const { q, ...others } = chosen();
      const words = q.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const line of lines) {
        const fits = Object.entries(others).every(([name, value]) => !value || line[name] === value)
          && words.every((word) => line.text.includes(word));
        if (line.row.hidden === fits) line.row.hidden = !fits;
        shown += fits;
      }
      count.textContent = fill("{shown} of {all} shown", { shown, all: lines.length });
    };
    const tell = () => {
      const set = Object.entries(chosen()).filter(([, value]) => value);
      const state = set.length ? `#/?${new URLSearchParams(set)}` : location.pathname;
      history.replaceState(null, "", state);
    };
    const read = () => {
      const state = new URLSearchParams(location.hash.startsWith("#/?") ? location.hash.slice(3) : "");
      for (const name of fields) form.elements[name].value = state.get(name) ?? "";
      filter();
      if (location.hash && !location.hash.startsWith("#/")) {  // a row that was asked for
        document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
      }
    };
    form.addEventListener("input", () => { filter(); tell(); });
    addEventListener("hashchange", read);
    form.hidden = false;
    read();
  };
  ledger();
})();
