// A control for each sort of parameter. It shows a value while it is moved and sets it when it is let go.
(() => {
  const live = (window.bookLive ??= {});
  const FEW = 4; // choices that stand beneath each other
  const MOST = 1e6; // steps of a slider; more is typed
  const { make, say } = { make: (...all) => live.make(...all), say: (...all) => live.say(...all) };

  const id = (about, part) => `live-${about.name}-${part}`;
  const number = (value) => Number(value);

  /** The finest step that every value of note lies on. */
  const fine = (about) => 10 ** -Math.max(...[about.low, about.high, about.step, about.default].map(live.literals.decimals));
  const literal = (about, value) => (about.type === "int" ? String(Math.round(value))
    : live.literals.float(Number(value.toFixed(live.literals.decimals(fine(about))))));

  /** Where a slider comes to rest: whole steps, the ends, the baseline and marked values. */
  const snapped = (about, value) => {
    const step = about.step || fine(about);
    const rests = [Math.round(value / step) * step, about.low, about.high, about.default,
      ...(about.marks ?? []).map((mark) => number(mark.value))]
      .filter((each) => each >= about.low && each <= about.high);
    return rests.reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best));
  };

  const at = (about, value) => `${((value - about.low) / (about.high - about.low)) * 100}%`;

  const tick = (about, value, sort, title) => {
    const made = make("span", { class: `live-tick live-tick-${sort}`, title });
    made.style.setProperty("left", at(about, number(value)));
    return made;
  };

  // What was not let go yet is not asked: a key that is held moves on first.
  const slider = (about, options, moving, settle) => {
    let held = false;
    const input = make("input", { type: "range", ...options });
    const wanted = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    input.addEventListener("input", () => moving(number(input.value)));
    input.addEventListener("change", () => { if (!held) settle(number(input.value)); });
    input.addEventListener("keydown", (event) => {
      if (event.key in wanted && !event.altKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        held = true;
        const step = number(input.dataset.step);
        const value = Math.min(number(input.max), Math.max(number(input.min), number(input.value) + wanted[event.key] * step));
        input.value = value;
        moving(value);
      } else if (event.key === "Home" || event.key === "End") held = true;
    });
    input.addEventListener("keyup", () => { if (held) { held = false; settle(number(input.value)); } });
    input.addEventListener("blur", () => { if (held) { held = false; settle(number(input.value)); } });
    return input;
  };

  const wrong = (about, field, error, on, text = "") => {
    error.hidden = !on;
    error.textContent = on ? say("{text}: {expected} is expected.", { text: text || say("nothing"), expected: about.expected }) : "";
    if (on) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
  };

  const numeric = (about) => {
    const error = make("p", { class: "live-wrong", id: id(about, "wrong"), role: "alert", hidden: true });
    const steps = (about.high - about.low) / (about.step || 1);
    const field = make("input", { type: "text", inputmode: about.low < 0 ? "text" : about.type === "int" ? "numeric" : "decimal", autocomplete: "off",
      class: "live-field", id: id(about, "field"), "aria-label": live.literals.inWords(about), "aria-describedby": `${id(about, "meaning")} ${id(about, "wrong")}` });
    field.addEventListener("change", () => {
      const read = live.literals.read(about, field.value);
      wrong(about, field, error, read === null, field.value);
      if (read !== null) live.store.set(about.name, read);
    });
    if (about.low == null || about.high == null || steps > MOST) {
      return { nodes: [field, error], show: (value) => { field.value = value; wrong(about, field, error, false); } };
    }
    const range = slider(about, { min: about.low, max: about.high, step: fine(about), "data-step": about.step || fine(about),
      "aria-label": live.literals.inWords(about), "aria-describedby": id(about, "meaning") },
    (value) => { field.value = literal(about, snapped(about, value)); range.setAttribute("aria-valuetext", field.value); },
    (value) => live.store.set(about.name, literal(about, snapped(about, value))));
    const track = make("div", { class: "live-track" });
    if (about.sourced) {
      for (const [from, to] of [[about.low, about.sourced[0]], [about.sourced[1], about.high]]) {
        if (number(to) <= number(from)) continue;
        const shade = make("span", { class: "live-unsourced" });
        shade.style.setProperty("left", at(about, number(from)));
        shade.style.setProperty("width", `${((to - from) / (about.high - about.low)) * 100}%`);
        track.append(shade);
      }
    }
    const ticks = make("div", { class: "live-ticks", "aria-hidden": "true" }, tick(about, about.default, "baseline", say("Baseline")),
      (about.marks ?? []).filter((mark) => !Number.isNaN(number(mark.value))).map((mark) => tick(about, mark.value, mark.sort, mark.label)));
    const flips = make("div", { class: "live-ticks live-flips", "aria-hidden": "true" });
    track.append(range, ticks, flips);
    return { nodes: [make("div", { class: "live-range" }, track, field), error], flips,
      show: (value) => { range.value = value; range.setAttribute("aria-valuetext", value); field.value = value; wrong(about, field, error, false); } };
  };

  const chosen = (about, choices) => {
    if (choices.length > FEW) {
      const select = make("select", { "aria-label": live.literals.inWords(about), "aria-describedby": id(about, "meaning"),
        change: () => live.store.set(about.name, select.value) }, choices.map((choice) => make("option", { value: choice }, choice)));
      return { nodes: [select], show: (value) => { select.value = value; } };
    }
    const radios = choices.map((choice) => make("input", { type: "radio", name: id(about, "choice"), value: choice,
      change: () => live.store.set(about.name, choice) }));
    return { nodes: [make("div", { class: "live-choices", role: "radiogroup", "aria-labelledby": id(about, "name"), "aria-describedby": id(about, "meaning") },
      radios.map((radio) => make("label", {}, radio, radio.value)))],
    show: (value) => { for (const radio of radios) radio.checked = radio.value === value; } };
  };

  const switched = (about) => {
    const box = make("input", { type: "checkbox", role: "switch", "aria-label": live.literals.inWords(about), "aria-describedby": id(about, "meaning"),
      change: () => live.store.set(about.name, String(box.checked)) });
    const words = make("span", { "aria-hidden": "true" });
    return { nodes: [make("label", { class: "live-switch" }, box, words)],
      show: (value) => { box.checked = value === "true"; words.textContent = value; } };
  };

  const shared = (about) => {
    const standard = live.literals.numbers(about.literal);
    const step = about.step || 0.01;
    const labels = standard.map((share, place) => about.labels?.[place] || say("share {n}", { n: place + 1 }));
    const now = () => live.literals.numbers(live.store.value(about.name));
    const error = make("p", { class: "live-wrong", id: id(about, "wrong"), role: "alert", hidden: true });
    const show = (shares) => rows.forEach(({ range, field }, place) => {
      range.value = shares[place];
      range.setAttribute("aria-valuetext", String(shares[place]));
      field.value = shares[place];
      wrong(about, field, error, false);
    });
    const set = (place, wanted) => live.store.set(about.name, live.literals.list(live.literals.shares(now(), place, wanted, step)));
    const rows = standard.map((share, place) => {
      const common = { "aria-label": `${live.literals.inWords(about)}: ${labels[place]}` };
      const range = slider(about, { min: 0, max: 1, step, "data-step": step, ...common },
        (wanted) => show(live.literals.shares(now(), place, wanted, step)), (wanted) => set(place, wanted));
      const field = make("input", { type: "text", inputmode: "decimal", class: "live-field", autocomplete: "off", "aria-describedby": id(about, "wrong"), ...common });
      field.addEventListener("change", () => {
        const wanted = Number(field.value), right = field.value.trim() && wanted >= 0 && wanted <= 1;
        wrong({ expected: say("a share from 0 to 1") }, field, error, !right, field.value);
        if (right) { set(place, wanted); show(now()); }
      });
      return { range, field, row: make("div", { class: "live-range live-share" }, make("span", { class: "live-part", "aria-hidden": "true" }, labels[place]), range, field) };
    });
    return { nodes: [...rows.map(({ row }) => row), error, make("p", { class: "live-small" }, say("They always sum to one: moving one scales the others."))],
      show: (value) => show(live.literals.numbers(value)) };
  };

  const SORTS = { paper: "the paper's figure", published: "published", scenario: "scenario" };

  const marks = (about, set) => {
    const told = (about.marks ?? []);
    if (!told.length && !about.sourced) return "";
    const seen = new Map();
    for (const mark of told) {
      const value = live.literals.read(about, String(mark.value)) ?? String(mark.value);
      seen.set(value, [...(seen.get(value) ?? []), mark]);
    }
    const items = [...seen].map(([value, same]) => make("li", {}, live.button(value, () => set(value)), " ",
      same.map((mark) => `${mark.label || ""} (${[say(SORTS[mark.sort] ?? mark.sort), mark.source].filter(Boolean).join(", ")})`).join("; ")));
    return make("details", { class: "live-marked" }, make("summary", {}, say("Marked values"), live.aside(`: ${live.literals.inWords(about)}`)),
      about.sourced ? make("p", { class: "live-small" }, say("Sources of this book reach from {low} to {high}; what is shaded is beyond them.", { low: about.sourced[0], high: about.sourced[1] })) : "",
      make("ul", {}, items));
  };

  const kindOf = (about) => {
    if (about.type.startsWith("list")) return shared(about);
    if (about.type === "bool") return switched(about);
    return about.choices?.length ? chosen(about, about.choices) : numeric(about);
  };

  /** A parameter with its control; `show` brings it to the state. */
  const control = (about) => {
    const kind = kindOf(about);
    const words = live.literals.inWords(about);
    const reset = live.button(say("Reset"), () => { live.store.set(about.name, null); element.querySelector("input, select")?.focus(); });
    reset.append(live.aside(`: ${words}`));
    const meaning = about.meaning.replace(/^./, (first) => first.toUpperCase());
    const flips = live.tipping.offer(about, kind, (place) => at(about, place));
    const element = make("div", { class: "live-parameter", "data-live": about.name, role: "group", "aria-labelledby": id(about, "name") },
      make("p", { class: "live-name" }, make("strong", { id: id(about, "name") }, words), " ", make("code", {}, about.name),
        about.unit ? make("span", { class: "live-unit" }, ` ${about.unit}`) : ""),
      make("p", { class: "live-meaning", id: id(about, "meaning") }, live.coded(`${meaning}. `), say("Allowed:"), " ", live.coded(about.allowed), "."),
      kind.nodes,
      make("p", { class: "live-base" }, make("span", {}, say("Baseline {value}", { value: about.literal })), reset, flips?.button ?? ""),
      flips?.place ?? "", marks(about, (value) => live.store.set(about.name, value)));
    const show = () => {
      const changed = about.name in live.store.state.values;
      kind.show(live.store.value(about.name));
      element.classList.toggle("changed", changed);
      // Hidden while it had the focus, it would drop it.
      reset.hidden = !changed;
    };
    return { element, show };
  };

  live.controls = { control };
})();
