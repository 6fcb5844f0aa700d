// A figure that moved beside what it was: next to it, under a wiper, or what differs alone.
(() => {
  const live = (window.bookLive ??= {});
  let mode = "side", made = 0; // the last way of looking is that of the whole page

  const MODES = () => [["side", live.say("Side by side")], ["wipe", live.say("Wipe")],
    ["difference", live.say("Difference")]];

  /** A copy of a drawing whose names are its own. */
  const copyOf = (drawing) => {
    const copy = drawing.cloneNode(true), before = `was-${++made}-`;
    for (const element of [copy, ...copy.querySelectorAll("*")]) {
      for (const { name, value } of [...element.attributes]) {
        if (name === "id") element.id = before + value;
        else if (/url\(#/.test(value)) element.setAttribute(name, value.replace(/url\(#/g, `url(#${before}`));
        else if (/^(xlink:)?href$/.test(name) && value.startsWith("#")) element.setAttribute(name, `#${before}${value.slice(1)}`);
        else if (/^aria-(labelledby|describedby|details)$/.test(name)) element.removeAttribute(name);
      }
    }
    return copy;
  };

  const hidden = (drawing) => {
    drawing.setAttribute("aria-hidden", "true");
    drawing.removeAttribute("role");
    drawing.removeAttribute("aria-label");
    return drawing;
  };

  const titled = (drawing, figure, words) => {
    const told = ["figure-title", "figure-subtitle"].map((name) => figure.querySelector(`.${name}`)?.textContent).filter(Boolean);
    return live.make("figure", { class: "live-one" }, live.make("figcaption", {}, live.make("strong", {}, words), " ", told[0] ?? ""), drawing);
  };

  const shown = (before, now) => {
    const [old, current] = [before, now].map((figure) => copyOf(figure.querySelector(".book-drawing")));
    if (mode === "side") {
      return live.make("div", { class: "live-pair" }, titled(old, before, live.say("Before.")), titled(current, now, live.say("Now.")));
    }
    const stack = live.make("div", { class: `live-stack live-${mode}` }, hidden(current), hidden(old));
    if (mode === "difference") return live.make("div", {}, stack, live.make("p", {}, live.say("Only what differs is seen.")));
    const wiper = live.make("input", { type: "range", min: "0", max: "100", value: "50",
      "aria-label": live.say("How much of the drawing before is seen, from the left") });
    const wipe = () => old.style.setProperty("clip-path", `inset(0 ${100 - wiper.value}% 0 0)`);
    wiper.addEventListener("input", wipe);
    wipe();
    return live.make("div", {}, stack, wiper, live.make("p", { class: "live-ends", "aria-hidden": "true" },
      live.make("span", {}, live.say("before")), live.make("span", {}, live.say("now"))));
  };

  const inWords = (piece) => {
    const [before, now] = [piece.toldOld?.alt ?? piece.told?.old_alt, piece.told?.alt];
    return [before && before !== now ? live.make("p", {}, live.make("strong", {}, live.say("Before:")), ` ${before}`) : null,
      now && before !== now ? live.make("p", {}, live.make("strong", {}, live.say("Now:")), ` ${now}`) : null];
  };

  const offerFigure = (piece) => {
    const name = `live-way-${++made}`;
    const place = live.make("div", { class: "live-shown" });
    const draw = () => place.replaceChildren(shown(piece.was, piece.now), live.make("div", { class: "live-alt" }, inWords(piece)));
    const ways = live.make("fieldset", { class: "live-ways" }, live.make("legend", { class: "visually-hidden" }, live.say("How to compare")),
      MODES().map(([value, words]) => live.make("label", {}, live.make("input", { type: "radio", name, value,
        checked: value === mode, change: () => { mode = value; draw(); } }), words)));
    const inside = live.make("div", { id: `${name}-box`, class: "live-box", hidden: true }, ways, place);
    const label = piece.now.querySelector(".figure-title")?.textContent ?? piece.name;
    const button = live.button(live.say("Compare with the {edition}", { edition: live.store.other() }), () => {
      inside.hidden = !inside.hidden;
      button.setAttribute("aria-expanded", String(!inside.hidden));
      if (inside.hidden) return;
      for (const radio of ways.querySelectorAll("input")) radio.checked = radio.value === mode;
      draw();
    }, { "aria-expanded": "false", "aria-controls": inside.id });
    button.append(live.aside(`: ${label}`));
    piece.now.append(live.make("div", { class: "live-compare" }, live.make("p", { class: "live-note" },
      live.make("span", { class: "live-sign", "aria-hidden": "true" }), live.say("This figure moved. "), button), inside));
  };

  /** Mark the cells of a table that differ, each with what it was. */
  const markCells = (piece) => {
    const rows = (element) => [...element.querySelectorAll("tbody tr")];
    const by = (row) => row.cells[0]?.textContent.trim() ?? "";
    const old = new Map(rows(piece.was).map((row) => [by(row), row]));
    let count = 0;
    for (const row of rows(piece.now)) {
      const was = old.get(by(row));
      if (!was || was.cells.length !== row.cells.length) {
        row.classList.add("live-moved-row");
        count += 1;
        continue;
      }
      [...row.cells].forEach((cell, place) => {
        const before = was.cells[place].textContent.trim();
        if (live.difference.same(before, cell.textContent)) return;
        count += 1;
        cell.classList.add("live-moved");
        cell.title = live.say("{edition}: {text}", { edition: live.store.other(), text: before || "–" });
        cell.append(live.aside(live.say(" ({edition} {text})", { edition: live.store.other(), text: before || "–" })));
      });
    }
    const rest = rows(piece.was).length - rows(piece.now).length;
    piece.now.append(live.make("p", { class: "live-note" }, live.make("span", { class: "live-sign", "aria-hidden": "true" }),
      count ? live.many(count, "{n} cell or row of this table moved.", "{n} cells or rows of this table moved.")
        : rows(piece.now).length ? live.say("What is shown of this table held; its words or its data moved.") : live.say("The data of this table moved."),
      rest ? ` ${live.say("Rows before: {before}, now: {now}.", { before: rows(piece.was).length, now: rows(piece.now).length })}` : ""));
  };

  /** Offer what was beside a piece that moved. */
  const offer = (piece) => {
    if (!piece.was) return;
    if (piece.sort === "figure" && piece.was.querySelector(".book-drawing") && piece.now.querySelector(".book-drawing")) offerFigure(piece);
    else if (piece.sort === "table") markCells(piece);
  };

  live.compare = { offer };
})();
