// What the sweep found by itself: which parameter moves what, and which sentences flip.
(() => {
  const { data, columns, parameters, series, at, holds, number, list, plural, short, make, title,
          named, measured, heatOf, views, colour, draw, figure, MISSING } = window.sweepPage;
  const MOST_BARS = 20, MOST_SENTENCES = 24, MOST_FLIPS = 40, OPEN_FLIPS = 8;
  const varied = data.parameters.map((each) => each.name);

  const percent = (share) => `${(share * 100).toLocaleString("en", { maximumSignificantDigits: 3 })}\u00a0%`;

  /** What is said of parameters that cannot be told apart, or were averaged over. */
  const averaged = () => {
    const seen = new Set(data.effects.map((each) => each[3]));
    const alone = new Set(varied.filter((name) => seen.has(name)));
    const tied = varied.filter((name) => !alone.has(name));
    return (alone.size > 1 ? ` ${list([...alone])} were varied together: each effect is a mean over the values of the others.` : "")
      + (tied.length ? ` ${list(tied)} never varied alone, so what ${tied.length > 1 ? "they do" : "it does"} cannot be told.` : "");
  };

  /** Words of a bar in so many letters; a part at their end is what tells bars apart, and stays. */
  const fitted = ({ words, part = "" }, most) => {
    const end = part && words.endsWith(part) ? `: ${part}` : "";
    return short(words.slice(0, words.length - end.length), Math.max(8, most - end.length)) + end;
  };

  /** Bars with their words above them, so that a long label has room on a phone. */
  const bars = (rows, width, name, of) => draw({
    width, height: rows.length * 46 + 10, marginLeft: 4, marginRight: 4, marginTop: 4, marginBottom: 4,
    x: { axis: null, domain: [0, d3.max(rows, (row) => row.size) || 1], range: [4, Math.max(60, width - 100)] },
    y: { axis: null, type: "band", domain: rows.map((_, place) => place) },
    marks: [
      Plot.text(rows, { y: (_, place) => place, text: (row) => fitted(row, Math.floor(width / 7.2)),
        frameAnchor: "left", textAnchor: "start", dy: -10, fontSize: 13, fill: colour("ink") }),
      Plot.rect(rows, { x1: 0, x2: "size", y: (_, place) => place, insetTop: 24, insetBottom: 8,
        fill: (row) => row.strong ? colour("accent") : colour("context"), title: (row) => `${row.words}: ${of(row)}` }),
      Plot.text(rows, { x: "size", y: (_, place) => place, text: of, textAnchor: "start", dx: 6, dy: 8,
        fontSize: 13, fill: colour("ink") }),
    ] }, name);

  const effects = (state, width) => {
    const { one, partText } = state;
    const name = named(one, partText);
    const here = data.effects.filter(([chapter, result, part]) =>
      chapter === one.chapter && result === one.result && part === partText)
      .sort((a, b) => b[4] - a[4]);
    const own = here.map(([, , , parameter, spread, largest, share, held], place) =>
      ({ words: parameter, size: spread, strong: place === 0, largest, share, held }));
    const saidOwn = own.length === 0
      ? "Nothing can be told of it: it is no number, or no parameter varies alone."
      : own[0].size === 0 ? "No parameter of the sweep moves it."
      : `${own[0].words} moves it most: ${number(own[0].size, one.unit)} between the lowest and the highest value, the others held.`;
    const ranked = data.effects.filter((each) => each[6] > 0), still = data.effects.length - ranked.length;
    const top = ranked.slice(0, MOST_BARS).map(([chapter, result, part, parameter, , , share], place) => {
      const label = named(series.get(`${chapter}/${result}`) ?? { label: result }, part);
      return { words: `${parameter}: ${label}`, part, size: share, strong: place === 0 };
    });
    const saidAll = (top.length === 0 ? "No number in this sweep is moved by one parameter alone."
      : `The spread as a share of the largest value that the result has; ${
        plural(ranked.length, "pair")} of a parameter and a result that it moves, ${
        ranked.length > top.length ? `the ${top.length} strongest drawn` : "all drawn"}${
        still ? `, ${still.toLocaleString("en")} more where nothing moves` : ""}.`);
    return [
      ...figure({ title: `What moves: ${name}`, unit: measured(one.unit), said: `${title(one.chapter)}. ${saidOwn}${averaged()}`,
        drawing: own.length ? bars(own, width, `What moves ${name}. ${saidOwn}`, (row) => number(row.size, one.unit)) : null,
        listed: [`What moves ${name}`, ["parameter", "mean spread", "largest spread", "share of the largest value", "means over"],
          own.map((row) => [row.words, number(row.size, one.unit, 6), number(row.largest, one.unit, 6), percent(row.share),
            plural(row.held, "combination")]), [1, 2, 3]] }),
      ...figure({ title: "Which parameter moves which result most", said: saidAll,
        drawing: top.length ? bars(top, width, `Which parameter moves which result most. ${saidAll}`, (row) => percent(row.size)) : null,
        listed: ["Which parameter moves which result", ["result", "part", "parameter", "share", "mean spread", "chapter"],
          ranked.map(([chapter, result, part, parameter, spread, , share]) => {
            const one_ = series.get(`${chapter}/${result}`);
            return [one_?.label ?? result, part, parameter, percent(share), number(spread, one_?.unit, 5), title(chapter)];
          }), [3, 4]] })];
  };

  const marked = (pieces, side) => pieces.flatMap(([old, now]) => {
    const text = side === "old" ? old : now;
    return text === "" ? [] : [old === now ? `${text} ` : make(side === "old" ? "del" : "ins", {}, text), " "];
  });

  const flipItem = (flip) => make("li", {},
    make("h3", {}, `${flip.sentence} (${title(flip.chapter)})`),
    make("p", { class: "unit" }, flip.parameter
      ? `${flip.parameter} from ${flip.before} to ${flip.after}${flip.of > 1
        ? `, in ${flip.count} of ${plural(flip.of, "combination")} of the others` : ""}`
      : `from the scenario ${flip.before} to ${flip.after}`),
    make("dl", {},
      make("dt", {}, `At ${flip.before}`), make("dd", {}, ...marked(flip.pieces, "old")),
      make("dt", {}, `At ${flip.after}`), make("dd", {}, ...marked(flip.pieces, "new"))),
    make("details", {}, make("summary", {}, "With its numbers"),
      make("p", {}, flip.old), make("p", {}, flip.new)));

  /** Which wording each sentence has along a parameter, and each place where it turns. */
  const flips = (state, width) => {
    const { x, held, others } = state, axis = parameters.get(x);
    const here = data.flips.filter((each) => each.parameter === x || each.parameter === "");
    const names = [...new Set(here.map((each) => `${each.chapter}/${each.sentence}`))];
    const shownNames = names.slice(0, MOST_SENTENCES), there = new Map(shownNames.map((each, place) => [each, place]));
    const cells = new Map();
    if (axis) {
      for (const row of window.sweepPage.sentences()) {
        const place = there.get(`${at("chapter", row)}/${at("result", row)}`);
        const scenario = columns.get("scenario").codes[row];
        if (place === undefined || !holds(held, scenario)) continue;
        const code = axis.byScenario[scenario], key = `${place} ${code}`;
        if (!cells.has(key)) cells.set(key, { place, code, letters: new Set(), text: at("text", row) });
        cells.get(key).letters.add(at("wording", row));
      }
    }
    const columnsShown = [...new Set([...cells.values()].map((each) => each.code))].sort((a, b) => a - b).slice(0, 30);
    const all = [...cells.values()].filter((each) => columnsShown.includes(each.code))
      .map((each) => ({ ...each, letters: [...each.letters].sort() }));
    const free = others.filter((name) => !held.has(name));
    const said = names.length === 0
      ? `No sentence says something else${axis ? ` between two values of ${x}` : ""}; numbers in it do not count.`
      : `${plural(names.length, "sentence")} ${names.length === 1 ? "says" : "say"} something else${
        axis ? ` along ${x}` : ""}, ${plural(here.length, "turn")} in all. `
        + (all.length ? "A letter is a wording, numbers aside: A is the first that the sweep met; # stands for a number." : "")
        + (free.length && all.length ? ` Two letters in a cell: it also depends on ${list(free)}.` : "")
        + ([...held].length && all.length ? ` In the chart held: ${list([...held].map(([name, code]) =>
          `${name} = ${parameters.get(name).labels[code]}`))}.` : "")
        + (names.length > shownNames.length ? ` The first ${shownNames.length} are drawn.` : "");
    const cellWidth = (width - 8) / Math.max(1, columnsShown.length);
    const drawing = all.length === 0 ? null : draw({
      width, height: shownNames.length * 52 + 40, marginLeft: 4, marginRight: 4, marginTop: 4, marginBottom: 36,
      x: { domain: columnsShown, type: "band", padding: 0.04, tickSize: 0, label: axis.unit === "-" ? x : `${x} (${axis.unit})`,
           labelAnchor: "center", labelArrow: "none", tickFormat: (code) => short(axis.labels[code], Math.max(3, Math.floor(cellWidth / 7))) },
      y: { domain: shownNames.map((_, place) => place), type: "band", axis: null },
      color: { type: "identity" },
      marks: [
        Plot.text(shownNames, { y: (_, place) => place, text: (each) => short(each.slice(each.indexOf("/") + 1), Math.floor(width / 7)),
          frameAnchor: "left", textAnchor: "start", dy: -17, fontSize: 13, fill: colour("ink") }),
        Plot.cell(all, { x: "code", y: "place", insetTop: 18, insetBottom: 4, insetLeft: 1, insetRight: 1,
          stroke: colour("edge"), strokeWidth: 0.6, fill: (each) => step(each).fill,
          title: (each) => `${x} = ${axis.labels[each.code]}: ${each.letters.join(", ")}: ${each.text}` }),
        Plot.text(all, { x: "code", y: "place", dy: 7, fontSize: 13, fill: (each) => step(each).ink,
          text: (each) => short(each.letters.join(" "), Math.max(1, Math.floor(cellWidth / 8))) }),
      ] }, `Wording of sentences along ${x}. ${said}`);
    return [
      ...figure({ title: axis ? `Sentences that flip along ${x}` : "Sentences that flip", said, drawing,
        listed: all.length ? [`Wording along ${x}`, ["sentence", x, "wording", "text of one run"],
          all.sort((a, b) => a.place - b.place || a.code - b.code).map((each) =>
            [shownNames[each.place], axis.labels[each.code], each.letters.join(" "), each.text]), []] : undefined }),
      ...(here.length ? [make("ul", { class: "flips" }, ...here.slice(0, OPEN_FLIPS).map(flipItem))] : []),
      ...(here.length > OPEN_FLIPS ? [make("details", {},
        make("summary", {}, `${plural(Math.min(here.length, MOST_FLIPS) - OPEN_FLIPS, "further turn")}`),
        make("ul", { class: "flips" }, ...here.slice(OPEN_FLIPS, MOST_FLIPS).map(flipItem)))] : []),
      ...(here.length > MOST_FLIPS ? [make("p", {}, `${MOST_FLIPS} of ${plural(data.flipped, "turn")} of the sweep are listed; choose another parameter, or filter the rows below by type and wording.`)] : [])];
  };
  const step = (each) => each.letters.length > 1 ? { fill: colour("paper"), ink: colour("ink") }
    : heatOf(Math.min(0.99, 0.1 + 0.3 * (each.letters[0].charCodeAt(0) - 65)));

  Object.assign(views, { effects, flips });
})();
