// The menus, the address that keeps what they say, and the chart they ask for.
(() => {
  const { data, parameters, series, partName, views, title, make, short, SCENARIO, MISSING } = window.sweepPage;
  const box = (id) => document.getElementById(id);
  const MENUS = ["view", "result", "part", "x", "by"];
  const varied = [...parameters.keys()];
  // Parameters that take every pair of values are a grid; shipped scenarios are none.
  const isGrid = varied.length > 0 && data.scenarios.names.length
    >= data.parameters.reduce((size, each) => size * each.labels.length, 1);
  const several = varied.filter((name) => parameters.get(name).labels.length > 1);
  const all = [...series.values()];
  const called = (one) => `${one.label} (${one.result}, ${title(one.chapter)})`;
  const known = new Map(all.map((one) => [called(one), one.id]));

  const option = (value, text, group) => ({ value, text, group });
  const fill = (select, options, value) => {
    const groups = new Map(), made = [];
    for (const each of options) {
      const one = make("option", { value: each.value }, short(each.text, 90));
      if (!each.group) made.push(one);
      else if (groups.has(each.group)) groups.get(each.group).append(one);
      else {
        groups.set(each.group, make("optgroup", { label: each.group }, one));
        made.push(groups.get(each.group));
      }
    }
    select.replaceChildren(...made);
    select.value = value;
  };
  const shownIf = (id, wanted) => { box(id).closest("p").hidden = !wanted; };

  /** What an address asks for, with what it leaves open or gets wrong in its usual place. */
  const read = (hash) => {
    const asked = new URLSearchParams(hash.replace(/^#/, ""));
    const view = views[asked.get("view")] ? asked.get("view") : "values";
    const one = series.get(asked.get("result")) ?? usual();
    const codes = one ? [...one.parts.keys()] : [];
    const part = codes.find((code) => asked.get("part") === partName(code) && asked.has("part")) ?? usualPart(one, codes);
    const axes = view === "values" ? [...several, SCENARIO] : several.length ? several : varied;
    const first = isGrid || view !== "values" ? axes[0] : SCENARIO;
    const x = axes.includes(asked.get("x")) ? asked.get("x") : first;
    const rest = several.filter((name) => name !== x);
    const by = view === "flips" || view === "effects" ? "" : rest.includes(asked.get("by")) ? asked.get("by")
      : view === "heat" || (isGrid && x !== SCENARIO && !asked.has("by")) ? rest[0] ?? "" : "";
    const others = x === SCENARIO ? [] : rest.filter((name) => name !== by);
    const held = new Map();
    for (const name of others) {
      const { labels, standard } = parameters.get(name);
      const value = asked.get(`held.${name}`);
      const code = value === null ? (isGrid && view !== "flips" ? Math.max(standard, 0) : MISSING) : labels.indexOf(value);
      if (code !== MISSING) held.set(name, code);
    }
    return { view, one, part, partText: partName(part), x, by, others, held };
  };
  /** The first result that a parameter moves, or else the first number. */
  const usual = () => {
    const moved = data.effects.find((each) => each[6] > 0);
    return (moved && series.get(`${moved[0]}/${moved[1]}`)) ?? all[0];
  };

  /** The part that a parameter moves most, or else the first. */
  const usualPart = (one, codes) => {
    const moved = one && data.effects.find(([chapter, result]) => chapter === one.chapter && result === one.result);
    return codes.find((code) => moved && moved[6] > 0 && partName(code) === moved[2])
      ?? codes.find((code) => code !== MISSING) ?? MISSING;
  };

  const address = (asked) => `#${new URLSearchParams(asked)}`;
  /** What the menus say now, as an address. */
  const chosen = () => {
    const asked = {};
    for (const id of MENUS) if (!box(id).closest("p").hidden) asked[id] = box(id).value;
    for (const select of document.querySelectorAll("[data-held]")) asked[`held.${select.dataset.held}`] = select.value;
    return asked;
  };

  const menus = (state) => {
    const { view, one, part, x, by, others, held } = state;
    box("view").value = view;
    box("result").value = one?.id ?? "";
    const ofResult = view !== "flips";
    for (const id of ["result", "find"]) shownIf(id, ofResult);
    const codes = one ? [...one.parts.keys()] : [];
    fill(box("part"), codes.map((code) => option(partName(code), partName(code) || "(whole)")), partName(part));
    shownIf("part", ofResult && codes.length > 1);
    const axes = view === "values" ? [...several, SCENARIO] : several;
    fill(box("x"), axes.map((name) => option(name, name === SCENARIO ? "(each scenario)" : name)), x);
    shownIf("x", view !== "effects" && axes.length > 0);
    const rest = several.filter((name) => name !== x);
    fill(box("by"), [...(view === "values" ? [option("", "(none)")] : []), ...rest.map((name) => option(name, name))], by);
    shownIf("by", ["values", "heat"].includes(view) && rest.length > 0);
    for (const each of document.querySelectorAll("[data-held]")) each.closest("p").remove();
    for (const name of view === "effects" ? [] : others) {
      const select = make("select", { id: `held-${name}`, "data-held": name });
      fill(select, [option("", "(all values)"), ...parameters.get(name).labels.map((label) => option(label, label))],
        held.has(name) ? parameters.get(name).labels[held.get(name)] : "");
      select.addEventListener("change", go);
      box("menus").append(make("p", {}, make("label", { for: `held-${name}` }, `Hold ${name} at`), select));
    }
  };

  const draw = () => {
    const state = read(location.hash), width = Math.floor(box("shown").clientWidth);
    drawnFor = width;
    const needed = { values: state.one, heat: state.one && state.by, effects: state.one, flips: true }[state.view];
    const nothing = state.one ? "This view needs two parameters that the sweep varies."
      : "No run gave a result; what failed is listed below.";
    box("shown").replaceChildren(...(needed ? views[state.view](state, width) : [make("p", {}, nothing)]));
    box("said").textContent = box("shown").querySelector("h2")?.textContent ?? nothing;
    document.title = `${box("said").textContent}, sweep ${data.name}`;
  };
  let drawnFor = 0, focused = "";
  const show = () => {
    focused = document.activeElement?.id;
    menus(read(location.hash));
    box(focused)?.focus(); // a menu that is made anew
    draw();
  };
  function go() {
    const asked = address(chosen());
    if (asked === location.hash) show(); else location.hash = asked;
  }

  fill(box("result"), all.map((one) => option(one.id, `${one.label} (${one.result})`, title(one.chapter))), "");
  box("known").replaceChildren(...all.map((one) => make("option", { value: called(one) })));
  for (const id of MENUS) box(id).addEventListener("change", go);
  box("find").addEventListener("input", () => {
    const found = known.get(box("find").value);
    if (!found) return;
    box("result").value = found;
    box("find").value = "";
    go();
  });
  box("menus").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", show);
  box("menus").hidden = all.length === 0;
  show();
  new ResizeObserver(() => {
    if (Math.abs(box("shown").clientWidth - drawnFor) > 4) draw();
  }).observe(box("shown"));
})();
