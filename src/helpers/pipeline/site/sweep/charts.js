// A result against one parameter, and against two.
(() => {
  const { data, columns, parameters, at, holds, number, measured, list, plural, short, named, title,
          STYLES, CROSS, colour, draw, figure, MISSING } = window.sweepPage;
  const MOST_LINES = STYLES.length, MOST_ROWS = 60, MOST_DOTS = 1500, MOST_BINS = 200;
  const MOST_CELLS = 30; // along one side of a heat map
  const SCENARIO = "scenario";

  const scenarioAxis = {
    name: SCENARIO, numeric: false, labels: data.scenarios.names, values: data.scenarios.names,
    byScenario: Int32Array.from(data.scenarios.names, (_, place) => place), unit: "-" };
  const axisOf = (name) => name === SCENARIO ? scenarioAxis : parameters.get(name);
  const axisLabel = (axis) => axis.unit === "-" ? axis.name : `${axis.name} (${axis.unit})`;

  /** The runs of a result under what is held: with a value, refused, failed. */
  const runs = ({ one, part, held }) => {
    const values = columns.get("value"), found = [], crosses = [];
    const numeric = (one.parts.get(part) ?? []).some((row) => values.codes[row] !== MISSING);
    for (const row of one.parts.get(part) ?? []) {
      const scenario = columns.get("scenario").codes[row];
      if (!holds(held, scenario)) continue;
      const text = at("text", row), value = at("value", row), status = at("status", row);
      if (status === "refused" || (numeric && value === null)) {
        crosses.push({ scenario, why: `refused: ${at("note", row) || text}` });
      } else found.push({ scenario, value: numeric ? value : text, text, status });
    }
    // A refusal is a record of the whole, where other runs have parts.
    if (part !== MISSING) {
      for (const row of one.parts.get(MISSING) ?? []) {
        const scenario = columns.get("scenario").codes[row];
        if (at("status", row) === "refused" && holds(held, scenario)) {
          crosses.push({ scenario, why: `refused: ${at("note", row)}` });
        }
      }
    }
    for (const run of data.failed) {
      if (run.chapter === one.chapter && holds(held, run.scenario)) {
        crosses.push({ scenario: run.scenario, why: `${run.status}: ${run.reason}` });
      }
    }
    return { found, crosses, numeric };
  };

  const heldWords = (held, others) => {
    const fixed = [...held].map(([name, code]) => `${name} = ${parameters.get(name).labels[code]}`);
    const free = others.filter((name) => !held.has(name));
    return (fixed.length ? ` Held: ${list(fixed)}.` : "")
      + (free.length ? ` Runs with all values of ${list(free)} are in it${
        free.length > 1 ? ", which were varied together" : ""}; a mean is over them.` : "");
  };

  const crossWords = (crosses) => crosses.length === 0 ? ""
    : ` ${plural(crosses.length, "run")} failed or refused this result, shown as crosses.`;

  const extremes = (means, axis, unit, split, groups) => {
    const low = d3.least(means, (each) => each.value), high = d3.greatest(means, (each) => each.value);
    const where = (each) => `${axis.name} = ${axis.labels[each.code]}${
      split ? ` and ${split.name} = ${split.labels[groups[each.group]]}` : ""}`;
    return low.value === high.value
      ? `It is ${number(low.value, unit)} for every value of ${axis.name}.`
      : `Lowest ${number(low.value, unit)} at ${where(low)}, highest ${number(high.value, unit)} at ${where(high)}.`;
  };

  /** Mean, lowest and highest for each group and value of the parameter. */
  const summed = (points) => {
    const found = new Map();
    for (const { group, code, x, value } of points) {
      const key = `${group} ${code}`, known = found.get(key);
      if (known) {
        known.sum += value;
        known.count += 1;
        known.low = Math.min(known.low, value);
        known.high = Math.max(known.high, value);
      } else found.set(key, { group, code, x, sum: value, count: 1, low: value, high: value });
    }
    return [...found.values()].map((each) => ({ ...each, value: each.sum / each.count }))
      .sort((a, b) => a.group - b.group || a.code - b.code);
  };

  const spaced = (count, most) => count <= most ? d3.range(count)
    : d3.range(most).map((place) => Math.round(place * (count - 1) / (most - 1)));

  /** A result against a parameter: lines or dots; rows of dots where the values have no distance. */
  const values = (state, width) => {
    const { one, part, x, by, held, partText, others } = state;
    const axis = axisOf(x), split = by && axisOf(by);
    const { found, crosses, numeric } = runs(state);
    const groups = split ? spaced(split.labels.length, MOST_LINES) : [0];
    const groupOf = (scenario) => split ? groups.indexOf(split.byScenario[scenario]) : 0;
    const placed = (each) => {
      const code = axis.byScenario[each.scenario];
      return { ...each, code, x: axis.values[code], group: groupOf(each.scenario) };
    };
    const points = found.map(placed).filter((each) => each.group >= 0);
    const marks = crosses.map(placed);
    const name = named(one, partText), unit = one.unit;
    const left = split && groups.length < split.labels.length
      ? ` ${groups.length} of the ${split.labels.length} values of ${by} are drawn.` : "";
    const told = { axis, split, groups, points, marks, numeric, unit, width, name };
    const drawn = points.length + marks.length === 0 ? {}
      : axis.numeric && numeric ? lines(told) : rowsOfDots(told);
    const means = numeric ? summed(points) : [];
    const first = points.length === 0 ? "No run with these values has this result."
      : numeric ? (split
        ? `${plural(groups.length, axis.numeric ? "line" : "sort of dot", axis.numeric ? "lines" : "sorts of dots")}, one for each value of ${by}. `
        : "") + extremes(means, axis, unit, split, groups)
      : `It has ${plural(new Set(points.map((each) => each.value)).size, "different value")} over ${
        x === SCENARIO ? "the scenarios" : `the values of ${x}`}.`;
    const said = first + (drawn.said ?? "") + left + heldWords(held, others) + crossWords(crosses);
    const signs = [
      ...(split && numeric ? groups.map((code, place) =>
        [STYLES[place], `${by} = ${split.labels[code]}`]) : []),
      ...(marks.length ? [[CROSS, "failed or refused"]] : [])];
    const listed = [`${name} against ${x}`, [axis.name, ...(split ? [by] : []), ...(x === SCENARIO ? [] : ["scenario"]), "value", "as printed"],
      [...points.map((each) => [each, numeric ? number(each.value, unit, 6) : "", each.text]),
        ...marks.map((each) => [each, "", each.why])]
        .sort(([a], [b]) => a.code - b.code || a.group - b.group)
        .map(([each, value, text]) => [axis.labels[each.code],
          ...(split ? [split.labels[split.byScenario[each.scenario]]] : []),
          ...(x === SCENARIO ? [] : [data.scenarios.names[each.scenario]]), value, text]),
      [(split ? 3 : 2) - (x === SCENARIO)]];
    return figure({
      title: `${name} against ${x}`, unit: numeric && axis.numeric ? measured(unit) : "",
      said: `${title(one.chapter)}. ${said}`, drawing: drawn.make?.(`${name} against ${x}. ${said}`),
      signs, listed });
  };

  const lines = ({ axis, split, groups, points, marks, unit, width }) => {
    const many = points.length > MOST_DOTS || axis.labels.length > MOST_BINS;
    const bin = Math.ceil(axis.labels.length / MOST_BINS);
    const binned = many ? points.map((each) => {
      const code = each.code - each.code % bin;
      return { ...each, code, x: axis.values[code] };
    }) : points;
    const means = summed(binned);
    const several = means.some((each) => each.count > 1);
    const titled = (each) => `${axis.name} = ${axis.labels[each.code]}${
      split ? `, ${split.name} = ${split.labels[groups[each.group]]}` : ""}: ${each.text ?? number(each.value, unit)}`;
    const drawn = (name) => draw({
      width, height: Math.min(380, Math.max(280, width * 0.55)), marginLeft: 58, marginBottom: 44,
      marginTop: 16, marginRight: 18,
      x: { label: axisLabel(axis), tickFormat: tick(axis.unit), labelAnchor: "center", labelArrow: "none",
           ...(axis.labels.length <= 8 && room(axis, width) ? { ticks: axis.values } : {}) },
      y: { label: null, tickFormat: (value) => number(value, unit), grid: true, nice: true },
      marks: [
        ...(many ? groups.map((_, place) => Plot.areaY(means.filter((each) => each.group === place),
          { x: "x", y1: "low", y2: "high", fill: STYLES[place].colour, fillOpacity: 0.18 })) : []),
        ...groups.map((_, place) => Plot.lineY(means.filter((each) => each.group === place), {
          x: "x", y: "value", stroke: STYLES[place].colour, strokeWidth: 2,
          ...(STYLES[place].dash ? { strokeDasharray: STYLES[place].dash } : {}) })),
        ...(many ? [] : groups.map((_, place) => Plot.dot(
          points.filter((each) => each.group === place), {
            x: "x", y: "value", symbol: STYLES[place].symbol, fill: STYLES[place].colour, r: 4,
            title: titled }))),
        ...(marks.length ? [Plot.dot(distinct(marks), {
          x: "x", frameAnchor: "bottom", dy: -8, ...CROSS, title: (each) => each.why })] : []),
      ] }, name);
    return { make: drawn, said: (many
      ? ` So many runs (${points.length.toLocaleString("en")}) are drawn as a mean and the range around it${
        bin > 1 ? `, over ${bin} neighbouring values each` : ""}.`
      : several ? " The line joins the means where runs share a value." : "") };
  };

  /** Crosses at different values, at most as many as one can tell apart. */
  const distinct = (marks) => [...new Map(marks.map((each) => [each.code, each])).values()].slice(0, MOST_BINS);
  const tick = (unit) => (value) => unit === "year" ? String(value)
    : number(value, unit === "fraction" ? "" : unit);
  const room = (axis, width) => {
    const [low, high] = d3.extent(axis.values), across = Math.max(1, width - 80);
    return axis.values.every((value, place) => place === 0
      || (value - axis.values[place - 1]) / (high - low) * across
        > 4 * (axis.labels[place].length + axis.labels[place - 1].length) + 6);
  };

  /** A row of dots for each value of the parameter, its name above them. */
  const rowsOfDots = ({ axis, groups, points, marks, numeric, unit, width }) => {
    const codes = [...new Set([...points, ...marks].map((each) => each.code))].sort((a, b) => a - b);
    const shown = spaced(codes.length, MOST_ROWS).map((place) => codes[place]), there = new Set(shown);
    const most = Math.floor((width - 20) / 6.6);
    const dots = points.filter((each) => there.has(each.code)).slice(0, MOST_DOTS);
    const crosses = marks.filter((each) => there.has(each.code)).slice(0, MOST_DOTS);
    const texts = [...new Set(points.map((each) => each.value))];
    const across = numeric
      ? { label: null, tickFormat: (value) => number(value, unit), grid: true, nice: true,
          ticks: Math.max(3, Math.floor(width / 110)), insetLeft: marks.length ? 22 : 6, insetRight: 8 }
      : { label: null, domain: texts, type: "point", padding: 0.5,
          tickFormat: (text) => short(text, Math.max(4, Math.floor((width - 30) / 7 / texts.length))) };
    const drawn = (name) => draw({
      width, height: shown.length * 42 + 44, marginLeft: 12, marginRight: 18, marginTop: 6,
      x: across, y: { domain: shown, axis: null, type: "band" },
      marks: [
        Plot.ruleY(shown, { stroke: colour("grid"), dy: 9 }),
        Plot.text(shown, { y: (code) => code, text: (code) => short(axis.labels[code], most),
          frameAnchor: "left", textAnchor: "start", dy: -9, fill: colour("ink"), fontSize: 13,
          stroke: colour("paper"), strokeWidth: 4 }),
        ...groups.map((_, place) => Plot.dot(dots.filter((each) => each.group === place), {
          x: "value", y: "code", dy: 9 + 2.5 * (place - (groups.length - 1) / 2), symbol: STYLES[place].symbol, fill: STYLES[place].colour,
          r: 4.5, title: (each) => `${axis.labels[each.code]}: ${each.text}` })),
        ...(crosses.length ? [Plot.dot(crosses, { y: "code", frameAnchor: "left", dx: 8, dy: 9, ...CROSS,
          title: (each) => each.why })] : []),
        ...(dots.length ? [] : [Plot.frame({ stroke: "none" })]),
      ] }, name);
    return { make: drawn, said: (shown.length < codes.length
      ? ` ${shown.length} of the ${codes.length.toLocaleString("en")} values are drawn.` : "")
      + (dots.length === MOST_DOTS ? ` The first ${MOST_DOTS} dots are drawn.` : "") };
  };

  /** Step of the scale for a share of its length, and the colour of letters on it. */
  const heatOf = (share) => {
    const [fill, ink] = data.heat[Math.min(data.heat.length - 1,
      Math.floor((Number.isFinite(share) ? share : 0.5) * data.heat.length))];
    return { fill: colour(fill), ink: colour(ink) };
  };

  /** A result against two parameters: a cell for each pair of values, with its number. */
  const heat = (state, width) => {
    const { one, x, by, held, partText, others } = state;
    const across = axisOf(x), down = axisOf(by);
    const { found, crosses, numeric } = runs(state);
    const name = named(one, partText), unit = one.unit;
    const binX = Math.ceil(across.labels.length / MOST_CELLS), binY = Math.ceil(down.labels.length / MOST_CELLS);
    const cells = new Map();
    const cellOf = (scenario) => {
      const a = Math.floor(across.byScenario[scenario] / binX), b = Math.floor(down.byScenario[scenario] / binY);
      const key = `${a} ${b}`;
      if (!cells.has(key)) cells.set(key, { a, b, sum: 0, count: 0, texts: new Set(), why: [] });
      return cells.get(key);
    };
    for (const { scenario, value, text } of found) {
      const cell = cellOf(scenario);
      cell.count += 1;
      cell.texts.add(text);
      if (numeric) cell.sum += value;
    }
    for (const { scenario, why } of crosses) cellOf(scenario).why.push(why);
    const all = [...cells.values()], filled = all.filter((cell) => cell.count);
    const kinds = [...new Set(filled.map((cell) => [...cell.texts].sort().join(" | ")))];
    for (const cell of filled) {
      cell.value = numeric ? cell.sum / cell.count : kinds.indexOf([...cell.texts].sort().join(" | "));
    }
    const [low, high] = numeric ? d3.extent(filled, (cell) => cell.value) : [0, Math.max(1, kinds.length - 1)];
    const label = (axis, bin) => (place) => {
      const first = axis.labels[place * bin], last = axis.labels[Math.min(axis.labels.length, (place + 1) * bin) - 1];
      return first === last ? first : `${first} to ${last}`;
    };
    const xs = d3.range(Math.ceil(across.labels.length / binX)), ys = d3.range(Math.ceil(down.labels.length / binY));
    const nameX = label(across, binX), nameY = label(down, binY);
    const longest = d3.max(ys, (place) => nameY(place).length);
    const marginLeft = Math.min(width * 0.35, 16 + 7 * longest);
    const cell = (width - marginLeft - 12) / xs.length;
    const text = (each, digits) => numeric ? number(each.value, unit, digits)
      : [...each.texts].join(" | ");
    // As many digits as stand in a cell; where not even two do, colours and the table remain.
    const digits = [4, 3, 2].find((count) => filled.every((each) => text(each, count).length * 7.2 + 4 <= cell));
    const labelled = numeric ? digits : cell > 28 ? 1 : undefined;
    const shown = (each) => numeric ? text(each, digits) : short(text(each), Math.floor(cell / 7.2));
    const share = (each) => numeric ? (each.value - low) / (high - low) : each.value / Math.max(1, kinds.length - 1);
    const height = Math.min(60, Math.max(30, cell * 0.6));
    const said = (filled.length === 0 ? "No run with these values has this result."
      : numeric ? (low === high ? `It is ${number(low, unit)} in every cell.`
        : `From ${number(low, unit)} (light) to ${number(high, unit)} (strong) over ${
          plural(filled.length, "cell")}; the highest at ${pairOf(d3.greatest(filled, (each) => each.value), nameX, nameY, x, by)}.`)
      : `${plural(kinds.length, "different value")} over ${plural(filled.length, "cell")}.`)
      + (labelled === undefined && filled.length ? " The cells are too narrow for numbers here; the table has them." : "")
      + (binX > 1 || binY > 1 ? " Neighbouring values share a cell, which shows their mean." : "")
      + heldWords(held, others) + crossWords(crosses);
    const drawn = draw({
      width, height: ys.length * height + 62, marginLeft, marginRight: 12, marginTop: 8, marginBottom: 54,
      padding: 0.04,
      x: { domain: xs, type: "band", tickFormat: (place) => short(nameX(place), Math.max(3, Math.floor(cell / 7))),
           ticks: xs.filter((place) => place % Math.ceil(34 / cell) === 0),
           label: axisLabel(across), labelAnchor: "center", labelArrow: "none", tickSize: 0 },
      y: { domain: [...ys].reverse(), type: "band", tickSize: 0, label: null,
           tickFormat: (place) => short(nameY(place), Math.floor((marginLeft - 10) / 7)) },
      marks: [
        Plot.cell(all, { x: "a", y: "b", inset: 0.5, fill: (each) => each.count ? heatOf(share(each)).fill : "none",
          stroke: colour("edge"), strokeWidth: 0.6,
          title: (each) => `${pairOf(each, nameX, nameY, x, by)}: ${[...(each.count ? [text(each, 5)] : []), ...each.why].join("; ")}` }),
        ...(labelled === undefined ? [] : [Plot.text(filled, { x: "a", y: "b", text: shown, fontSize: 13,
          fill: (each) => heatOf(share(each)).ink })]),
        Plot.dot(all.filter((each) => each.why.length && !each.count),
          { x: "a", y: "b", ...CROSS, title: (each) => each.why[0] }),
        // Where other runs gave a value the cross stands beside it.
        Plot.dot(all.filter((each) => each.why.length && each.count), { x: "a", y: "b", ...CROSS, r: 3.5,
          dx: cell / 2 - 12, dy: 9 - height / 2, stroke: (each) => heatOf(share(each)).ink,
          title: (each) => each.why[0] }),
      ], color: { type: "identity" } }, `${name} against ${x} and ${by}. ${said}`);
    return figure({
      title: `${name} against ${x} and ${by}`, unit: [measured(unit), `${axisLabel(down)} upwards`].filter(Boolean).join("; "),
      said: `${title(one.chapter)}. ${said}`, drawing: all.length ? drawn : null,
      signs: crosses.length ? [[CROSS, "failed or refused"]] : [],
      listed: [`${name} against ${x} and ${by}`, [x, by, "value", "runs", "failed or refused"],
        all.sort((a, b) => a.a - b.a || a.b - b.b).map((each) => [nameX(each.a), nameY(each.b),
          each.count ? text(each, 6) : "–", String(each.count), each.why.join("; ")]), [2, 3]] });
  };
  const pairOf = (each, nameX, nameY, x, by) => `${x} = ${nameX(each.a)}, ${by} = ${nameY(each.b)}`;

  Object.assign(window.sweepPage, { SCENARIO, heatOf, views: { values, heat } });
})();
