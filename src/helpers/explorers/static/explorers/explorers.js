/* Explorers: what readers can move on a page, with no kernel and no network.
 *
 * The first half is arithmetic, pure functions without a page; the tests hold them against the
 * Python of this book. The second half builds the controls inside each element of the class
 * "explorer" from the JSON that lies in it. Until it has done so, the element shows a static
 * table, so a page without scripts still says something true.
 */
(function (root, make) {
  "use strict";
  const explorers = make();
  if (typeof module === "object" && module.exports) {
    module.exports = explorers;
  } else {
    root.bookExplorers = explorers;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => explorers.start(document));
    } else {
      explorers.start(document);
    }
  }
})(typeof self === "undefined" ? this : self, function () {
  "use strict";

  // -------------------------------------------------------------- weights: arithmetic

  /** Weights of any size as shares that sum to 1; null where all are 0. */
  function shares(weights) {
    let total = 0;
    for (const weight of weights) total += weight;
    return total > 0 ? weights.map((weight) => weight / total) : null;
  }

  /** Weighted sum of each row of levels (0 Low, 1 Medium, 2 High), from 0 to 1. */
  function scores(levels, fractions, position) {
    const points = [0, position, 1];
    return levels.map((row) => {
      let sum = 0;
      row.forEach((level, column) => { sum += points[level] * fractions[column]; });
      return sum;
    });
  }

  /** Rounded to 12 decimals, halves to the even digit as NumPy does, so that noise orders nobody. */
  function rounded(value) {
    const scaled = value * 1e12;
    let whole = Math.round(scaled);
    if (Math.abs(scaled % 1) === 0.5 && whole % 2 !== 0) whole -= 1;
    return whole / 1e12;
  }

  /** Competition ranks: 1 for the highest score, ties share the better rank (1, 1, 3). */
  function ranks(values) {
    const compared = values.map(rounded);
    return compared.map((own) => 1 + compared.filter((other) => other > own).length);
  }

  /** For each pair of positions: 1 if the first scores higher, -1 if the second does, 0 if level. */
  function directions(values, pairs) {
    const compared = values.map(rounded);
    return pairs.map(([one, other]) => Math.sign(compared[one] - compared[other]));
  }

  // -------------------------------------------------------------- growth: arithmetic

  /** Value of each year from first to last when `start` grows by `rate` a year. */
  function path(start, rate, first, last) {
    const values = [];
    for (let year = first; year <= last; year += 1) {
      values.push({ year, value: start * Math.exp(Math.log1p(rate) * (year - first)) });
    }
    return values;
  }

  /** Years in which a value doubles; null where it does not grow. */
  function doublingTime(rate) {
    return rate > 0 ? Math.LN2 / Math.log1p(rate) : null;
  }

  /** Round ticks from 0 to at least `high`, about `count` steps of 1, 2 or 5 times a power of ten. */
  function linearTicks(high, count) {
    const rough = high / count;
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough * 0.999999);
    const ticks = [];
    for (let k = 0; k === 0 || ticks[k - 1] < high * 0.999999; k += 1) {
      ticks.push(Number((k * step).toPrecision(12)));
    }
    return ticks;
  }

  /** Ticks 1, 2, 5, 10 … that enclose low and high; only powers of ten where those are many. */
  function logTicks(low, high) {
    const all = [];
    for (let power = -6; power <= 9; power += 1) {
      for (const digit of [1, 2, 5]) all.push(Number((digit * Math.pow(10, power)).toPrecision(3)));
    }
    const after = all.findIndex((tick) => tick >= high * 0.999999);
    const before = all.length - 1 - [...all].reverse().findIndex((tick) => tick <= low * 1.000001);
    const ticks = all.slice(before, after + 1);
    if (ticks.length <= 8) return ticks;
    return ticks.filter((tick, place) => place === 0 || place === ticks.length - 1 ||
      Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9);
  }

  // -------------------------------------------------------------- text

  const SPACE = "\u00a0"; // a number and its unit stay on one line

  function fixed(value, digits) {
    const text = value.toFixed(digits);
    // "−0.0 %" would claim a decline that the digits do not show.
    const plain = Number(text) === 0 ? text.replace("-", "") : text;
    const [whole, decimals] = plain.replace("-", "\u2212").split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return decimals ? `${grouped}.${decimals}` : grouped;
  }

  function percent(fraction, digits) {
    return fixed(100 * fraction, digits === undefined ? 1 : digits) + SPACE + "%";
  }

  /** A number of billions with three or four digits that count. */
  function short(billions) {
    return fixed(billions, billions >= 100 ? 0 : billions >= 1 ? 2 : 3);
  }

  function amount(billions) {
    return `USD${SPACE}${short(billions)}${SPACE}billion`;
  }

  function listed(items) {
    return items.length < 2 ? items.join("")
      : items.slice(0, -1).join(", ") + " and " + items[items.length - 1];
  }

  function capital(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  // -------------------------------------------------------------- parts of a page

  const SVG = "http://www.w3.org/2000/svg";

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") element.textContent = value;
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...(children || []));
    return element;
  }

  const make = (tag, attributes, children) =>
    fill(document.createElement(tag), attributes, children);
  const draw = (tag, attributes, children) =>
    fill(document.createElementNS(SVG, tag), attributes, children);

  /** A native range input under its label, with its value in an output element beside it. */
  function slider(id, label, range, changed, hint) {
    const input = make("input", { type: "range", id, min: range.min, max: range.max,
      step: range.step, "aria-describedby": hint ? `${id}-hint` : null });
    const output = make("output", { for: id, id: `${id}-output`, "aria-live": "off" });
    input.addEventListener("input", () => changed(Number(input.value)));
    const parts = [make("label", { for: id, text: label }), output, input];
    if (hint) parts.push(make("p", { id: `${id}-hint`, class: "explorer-hint", text: hint }));
    return {
      row: make("div", { class: "explorer-slider" }, parts), input,
      show(value, text, spoken) {
        input.value = value;
        output.textContent = text;
        input.setAttribute("aria-valuetext", spoken || text);
        const part = (Number(input.value) - input.min) / (input.max - input.min);
        input.style.setProperty("--filled", `${100 * part}%`);
      },
      limits(range_) {
        for (const name of ["min", "max", "step"]) input.setAttribute(name, range_[name]);
      },
    };
  }

  /** Native radio buttons under one legend. */
  function choice(id, legend, options, changed) {
    const inputs = options.map((option, place) => make("input",
      { type: "radio", name: id, id: `${id}-${place}`, value: option.value }));
    inputs.forEach((input) => input.addEventListener("change", () => changed(input.value)));
    return {
      row: make("fieldset", { class: "explorer-choice" }, [
        make("legend", { text: legend }),
        ...options.map((option, place) => make("span", {},
          [inputs[place], make("label", { for: `${id}-${place}`, text: option.text })])),
      ]),
      show(value) { inputs.forEach((input) => { input.checked = input.value === value; }); },
    };
  }

  /** Says the last text given once the reader pauses: a held arrow key would flood a listener. */
  function announcer() {
    const element = make("p", { class: "explorer-spoken", role: "status", "aria-live": "polite" });
    let waiting = null, opened = false;
    return {
      element,
      say(text) {
        // The first text is that of the page as it opens, which nobody has asked for.
        if (!opened) { opened = true; return; }
        clearTimeout(waiting);
        waiting = setTimeout(() => { element.textContent = text; }, 400);
      },
    };
  }

  function resetButton(changed) {
    const button = make("button", { type: "button", class: "explorer-reset", text: "Reset" });
    button.addEventListener("click", changed);
    return button;
  }

  // -------------------------------------------------------------- the weight explorer

  function weightExplorer(element, data) {
    const id = element.id, count = data.units.length;
    const begin = () => ({ weights: [...data.start.weights], position: data.start.position });
    let state = begin();

    function outcome(from) {
      const fractions = shares(from.weights);
      if (fractions === null) return null;
      const points = scores(data.levels, fractions, from.position);
      return { fractions, points, ranks: ranks(points), ways: directions(points, data.pairs) };
    }
    const first = outcome(state);

    const sliders = data.dimensions.map((name, place) => slider(
      `${id}-weight-${place}`, capital(name), { min: 0, max: 100, step: 1 },
      (value) => { state.weights[place] = value; show(); }));
    const position = slider(`${id}-position`, "Place of Medium", { min: 1, max: 99, step: 1 },
      (value) => { state.position = value / 100; show(); }, data.position_note);

    const lines = data.units.map((unit, place) => {
      const rank = make("td", { class: "number explorer-rank" });
      const score = make("td", { class: "number" });
      const dot = make("span", { class: "explorer-dot" });
      const before = make("span", { class: "explorer-before" });
      const spot = (value) => `${(100 * (value - 0.5)) / count}%`;
      before.style.left = spot(first.ranks[place]);
      const row = make("tr", {}, [
        make("th", { scope: "row", text: unit }), rank,
        make("td", { class: "explorer-track", "aria-hidden": "true" },
          [make("span", { class: "explorer-rail" }, [before, dot])]), score]);
      return {
        row,
        show(now) {
          const moved = now && now.ranks[place] !== first.ranks[place];
          rank.textContent = now ? now.ranks[place] : "–";
          score.textContent = now ? fixed(100 * now.points[place], 1) : "–";
          dot.hidden = !now;
          if (now) dot.style.left = spot(now.ranks[place]);
          row.classList.toggle("explorer-moved", Boolean(moved));
        },
      };
    });
    const places = make("span", { class: "explorer-rail explorer-places" },
      data.units.map((_, place) => make("span", { text: place + 1 })));
    const table = make("table", {}, [
      make("caption", { text: "Rank of each country, in the order of Table 1" }),
      make("thead", {}, [make("tr", {}, [
        make("th", { scope: "col", text: "Country" }),
        make("th", { scope: "col", class: "number", text: "Rank" }),
        make("th", { class: "explorer-track", "aria-hidden": "true" }, [places]),
        make("th", { scope: "col", class: "number", text: "Score" })])]),
      make("tbody", {}, lines.map((line) => line.row))]);
    const change = make("p", { class: "explorer-finding" });
    const ways = data.pairs.map(() => make("li"));
    const spoken = announcer();
    const mine = data.units_in_text;

    function pairWords([one, other], way) {
      if (way === 0) return `${mine[one]} and ${mine[other]} tie`;
      return way > 0 ? `${mine[one]} is above ${mine[other]}` : `${mine[other]} is above ${mine[one]}`;
    }

    function show() {
      const now = outcome(state);
      sliders.forEach((control, place) => {
        const share = now ? percent(now.fractions[place]) : "–";
        control.show(state.weights[place], share,
          `weight ${fixed(state.weights[place], 0)}, share ${share}`);
      });
      position.show(100 * state.position, percent(state.position, 0),
        `${percent(state.position, 0)} of the way from Low to High`);
      lines.forEach((line) => line.show(now));
      if (!now) {
        change.textContent = "All weights are zero, so there is nothing to rank by.";
        ways.forEach((item) => { item.textContent = "–"; item.className = ""; });
        spoken.say(change.textContent);
        return;
      }
      const moved = data.units.map((unit, place) => [unit, now.ranks[place], first.ranks[place]])
        .filter(([, rank, before]) => rank !== before)
        .map(([unit, rank, before]) => `${unit} ${rank} (was ${before})`);
      change.textContent = moved.length ? `Other ranks than at the start: ${listed(moved)}.`
        : "The same ranks as at the start.";
      const turned = [];
      ways.forEach((item, place) => {
        const words = pairWords(data.pairs[place], now.ways[place]);
        const other = now.ways[place] !== first.ways[place];
        item.textContent = capital(words) + (other ? " (changed)." : ".");
        item.className = other ? "explorer-moved" : "";
        turned.push(words);
      });
      spoken.say("Ranks: " + data.units.map((unit, place) => `${unit} ${now.ranks[place]}`).join(", ")
        + ". " + (turned.length ? capital(listed(turned)) + "." : ""));
    }

    const open = data.pairs.length ? [make("div", { class: "explorer-pairs" }, [
      make("p", { id: `${id}-open`, class: "explorer-title", text: data.pairs.length === 1
        ? "The pair that Table 1 leaves open" : "The pairs that Table 1 leaves open" }),
      make("ul", { "aria-labelledby": `${id}-open` }, ways)])] : [];
    element.append(
      make("div", { class: "explorer-columns" }, [
        make("div", { class: "explorer-controls" }, [
          make("fieldset", {}, [
            make("legend", { text: "Weights, as shares of their sum" }),
            ...sliders.map((control) => control.row)]),
          position.row,
          resetButton(() => { state = begin(); show(); })]),
        make("div", { class: "explorer-result" }, [
          make("div", { class: "book-table" }, [table]),
          make("p", { class: "explorer-hint",
            text: "Full dot: rank now; ring: rank at the start. Score from 0, Low on everything, "
              + "to 100, High on everything. Ties share the better rank." }),
          change, ...open])]),
      spoken.element);
    show();
  }

  // -------------------------------------------------------------- the growth explorer

  function growthExplorer(element, data) {
    const id = element.id;
    const begin = (market) => ({ market, first: data.markets[market].points[0].year,
      last: data.last_year, start: data.markets[market].points[0].value,
      rate: data.markets[market].rate });
    let state = { ...begin(0), axis: data.axis };
    const own = () => data.markets[state.market];

    const market = choice(`${id}-market`, "Market",
      data.markets.map((each, place) => ({ value: String(place), text: each.name })),
      (value) => {
        // Two scopes share no start value and no rate, so both begin anew; the years may stay.
        const { first, last, axis } = state;
        state = { ...begin(Number(value)), first, last, axis };
        show();
      });
    const axis = choice(`${id}-axis`, "Vertical axis",
      [{ value: "linear", text: "linear" }, { value: "log", text: "logarithmic" }],
      (value) => { state.axis = value; show(); });
    const [earliest, latest] = data.years;
    const first = slider(`${id}-first`, "First year", { min: earliest, max: latest - 1, step: 1 },
      (value) => {
        state.first = value;
        state.last = Math.max(state.last, value + 1);
        show();
      });
    const last = slider(`${id}-last`, "Last year", { min: earliest + 1, max: latest, step: 1 },
      (value) => {
        state.last = value;
        state.first = Math.min(state.first, value - 1);
        show();
      });
    const rate = slider(`${id}-rate`, "Growth a year",
      { min: 100 * data.rates[0], max: 100 * data.rates[1], step: 0.1 },
      (value) => { state.rate = value / 100; show(); });
    const start = slider(`${id}-start`, "Start value", data.markets[0].start_range,
      (value) => { state.start = value; show(); });

    const chart = make("div", { class: "explorer-chart" });
    const finding = make("p", { class: "explorer-finding" });
    const against = make("p");
    const caption = make("caption");
    const unitHead = make("th", { scope: "col", class: "number", text: "USD billion" });
    const body = make("tbody");
    const yearly = make("details", { class: "explorer-years" }, [
      make("summary", { text: "Year by year" }),
      make("div", { class: "book-table", role: "region", tabindex: 0,
        "aria-label": "Year by year" }, [make("table", {}, [caption,
        make("thead", {}, [make("tr", {},
          [make("th", { scope: "col", text: "Year" }), unitHead])]), body])])]);
    const spoken = announcer();

    function show() {
      const from = own(), values = path(state.start, state.rate, state.first, state.last);
      const end = values[values.length - 1], printed = from.points[0];
      const asPrinted = state.start === printed.value;
      const startWords = asPrinted ? printed.printed : amount(state.start);
      market.show(String(state.market));
      axis.show(state.axis);
      first.show(state.first, String(state.first));
      last.show(state.last, String(state.last));
      rate.show(100 * state.rate, percent(state.rate));
      start.limits(from.start_range);
      start.show(state.start, startWords);

      const sum = `${capital(startWords)} in ${state.first}, ${state.rate < 0 ? "shrinking" : "growing"} by `
        + `${percent(Math.abs(state.rate))} a year, gives ${amount(end.value)} in ${state.last}.`;
      finding.textContent = sum;
      const said = [];
      for (const point of from.points.slice(1)) {
        const here = values.find((each) => each.year === point.year);
        if (!here) continue;
        const off = here.value / point.value - 1;
        said.push(Math.abs(off) < 0.0005
          ? `The path meets the figure printed for ${point.year}, ${point.printed}.`
          : `In ${point.year} the path lies ${percent(Math.abs(off))} ${off > 0 ? "above" : "below"} `
            + `the printed ${point.printed}.`);
      }
      const double = doublingTime(state.rate);
      said.push(double === null ? "At this rate it never doubles."
        : `At this rate it doubles in ${fixed(double, 1)} years.`);
      if (!asPrinted) said.push("The start value is yours, not a printed one.");
      else if (state.first !== printed.year) {
        said.push(`The start value is printed for ${printed.year} only; to place it in `
          + `${state.first} is your assumption.`);
      }
      against.textContent = said.join(" ");
      caption.textContent = `Market ${from.name}, ${percent(state.rate)} a year`;
      body.replaceChildren(...values.map((each) => make("tr", {}, [
        make("th", { scope: "row", text: each.year }),
        make("td", { class: "number", text: fixed(each.value, 3) })])));
      chart.replaceChildren(picture(values, from, sum));
      spoken.say(`${sum} ${said.join(" ")}`);
    }

    /** The path, the printed points and the path that the print implies, as SVG. */
    function picture(values, from, sum) {
      const width = Math.max(280, chart.clientWidth || 640), height = width < 480 ? 270 : 320;
      const box = { left: 46, right: width - 62, top: 26, bottom: height - 30 };
      const implied = path(from.points[0].value, from.printed_rate, from.points[0].year,
        from.points[from.points.length - 1].year);
      const every = [...values, ...implied, ...from.points];
      const years = every.map((each) => each.year), amounts = every.map((each) => each.value);
      const [low, high] = [Math.min(...years), Math.max(...years)];
      const logs = state.axis === "log";
      const ticks = logs ? logTicks(Math.min(...amounts), Math.max(...amounts))
        : linearTicks(Math.max(...amounts), 5);
      const scale = logs ? Math.log : (value) => value;
      const [bottom, top] = [scale(ticks[0]), scale(ticks[ticks.length - 1])];
      const x = (year) => box.left + (box.right - box.left) * (year - low) / (high - low);
      const y = (value) => box.bottom - (box.bottom - box.top) * (scale(value) - bottom) / (top - bottom);
      const round = (number) => Number(number.toFixed(1));
      const line = (points, name) => draw("polyline", { class: name,
        points: points.map((each) => `${round(x(each.year))},${round(y(each.value))}`).join(" ") });
      const word = (text, at, up, name, anchor) => draw("text",
        { x: round(at), y: round(up), class: name, "text-anchor": anchor || "start", text });

      const parts = [word(`USD billion, nominal; ${logs ? "logarithmic" : "linear"} axis`, 0, 12,
        "explorer-axis")];
      for (const tick of ticks) {
        parts.push(draw("line", { class: "explorer-grid", x1: box.left, x2: box.right,
          y1: round(y(tick)), y2: round(y(tick)) }));
        parts.push(word(tick >= 1000 ? fixed(tick, 0) : String(tick), box.left - 7, y(tick) + 4.5,
          "explorer-axis", "end"));
      }
      const step = [1, 2, 5, 10].find((size) => (box.right - box.left) * size / (high - low) >= 44);
      for (let year = low; year <= high; year += 1) {
        if ((year - from.points[0].year) % step === 0) {
          parts.push(word(String(year), x(year), height - 9, "explorer-axis", "middle"));
        }
      }
      parts.push(line(implied, "explorer-implied"), line(values, "explorer-path"));
      const end = values[values.length - 1];
      const below = (up) => Math.min(up + 20, box.bottom - 5), over = (up) => Math.max(up - 8, 26);
      const points = [];
      let [above, met] = [true, false];
      for (const point of from.points) {
        const [at, up] = [round(x(point.year)), round(y(point.value))];
        points.push(point.kind === "observed"
          ? draw("circle", { class: "explorer-observed", cx: at, cy: up, r: 5.5 })
          : draw("path", { class: "explorer-forecast", d: `M${at} ${up - 7}l7 7l-7 7l-7 -7z` }));
        // Where path and print meet in one year, the higher label goes above, the lower below.
        const under = end.year !== point.year || end.value >= point.value;
        met = met || (end.year === point.year && Math.abs(end.value / point.value - 1) < 0.0005);
        above = above && under;
        parts.push(word(String(point.value), at + 9, under ? below(up) : over(up), "explorer-label"));
      }
      points.push(draw("rect", { class: "explorer-end", x: round(x(end.year)) - 4,
        y: round(y(end.value)) - 4, width: 8, height: 8 }));
      parts.push(...points);
      if (!met) {
        const up = y(end.value);
        parts.push(word(short(end.value), x(end.year) + 9, above ? over(up) : below(up),
          "explorer-label explorer-strong"));
      }
      return draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
        "aria-label": `Line chart. ${sum} Printed: ${listed(from.points.map(
          (point) => `${point.printed} for ${point.year}`))}.` }, parts);
    }

    element.append(
      market.row,
      make("div", { class: "explorer-controls explorer-grid-of-four" },
        [start.row, rate.row, first.row, last.row]),
      make("div", { class: "explorer-bar" },
        [axis.row, resetButton(() => { state = { ...begin(state.market), axis: data.axis }; show(); })]),
      chart,
      make("p", { class: "explorer-hint explorer-key" }, [
        sample("explorer-path", "end"), "your path", sample("explorer-implied"),
        "path through the printed figures", sample("observed"), "printed, past year",
        sample("forecast"), "printed, expected"]),
      finding, against,
      make("p", { class: "explorer-note", text: data.note }), yearly, spoken.element);
    show();
    if (typeof ResizeObserver === "function") {
      let width = chart.clientWidth;
      new ResizeObserver(() => {
        if (chart.clientWidth !== width) { width = chart.clientWidth; show(); }
      }).observe(chart);
    }

    function sample(kind, end) {
      const inside = kind === "observed" ? [draw("circle", { class: "explorer-observed", cx: 8, cy: 8, r: 5 })]
        : kind === "forecast" ? [draw("path", { class: "explorer-forecast", d: "M8 2l6 6l-6 6l-6 -6z" })]
          : [draw("polyline", { class: kind, points: "0,8 26,8" })];
      if (end) inside.push(draw("rect", { class: "explorer-end", x: 22, y: 4, width: 8, height: 8 }));
      const width = kind === "observed" || kind === "forecast" ? 16 : end ? 32 : 28;
      return draw("svg", { width, height: 16, viewBox: `0 0 ${width} 16`, "aria-hidden": "true" }, inside);
    }
  }

  // -------------------------------------------------------------- start

  const KINDS = { weights: weightExplorer, growth: growthExplorer };

  /** Bring every explorer of a page to life, once. */
  function start(page) {
    for (const element of page.querySelectorAll(".explorer:not([data-started])")) {
      const still = element.querySelector(".explorer-static");
      const data = JSON.parse(element.querySelector("script[type='application/json']").textContent);
      element.setAttribute("data-started", "");
      KINDS[data.kind](element, data);
      // Last, so that a failure above leaves the static table where it is.
      still.hidden = true;
    }
  }

  return { shares, scores, rounded, ranks, directions, path, doublingTime, linearTicks, logTicks,
    fixed, percent, amount, start };
});
