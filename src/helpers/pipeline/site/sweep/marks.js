// What all charts share: colours, crosses, a legend, a sentence and a table of what is shown.
(() => {
  const { data, make, plural } = window.sweepPage;
  const NARROW = 520; // a chart in which names stand above their marks
  const LISTED = 100; // rows of the table under a chart

  const colour = (name) => `var(--figure-${name},${data.colours[name]})`;
  // Told apart by shape and dashes too; nobody has to know the colours.
  const STYLES = [["accent", "circle"], ["second", "square"], ["ink", "triangle"],
                  ["context", "diamond"], ["second-ink", "star", "5 3"], ["accent", "wye", "5 3"]]
    .map(([name, symbol, dash]) => ({ colour: colour(name), symbol, dash }));
  const CROSS = { symbol: "times", stroke: colour("second-ink"), strokeWidth: 2.5, r: 5 };

  /** A drawing of Plot that keeps the policy of the page: no style element, one image with a name. */
  const draw = (options, name) => {
    const svg = Plot.plot({ ...options, document });
    for (const style of svg.querySelectorAll("style")) style.remove();
    for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", name);
    svg.classList.add("book-drawing");
    svg.setAttribute("fill", colour("ink"));
    return svg;
  };

  const sign = ({ symbol, colour: fill, dash, stroke }) => {
    const svg = make("span").ownerDocument.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("width", dash ? 26 : 16);
    svg.setAttribute("height", 16);
    svg.setAttribute("aria-hidden", "true");
    svg.classList.add("book-drawing");
    const middle = dash ? 13 : 8;
    const add = (tag, facts) => {
      const part = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [key, value] of Object.entries(facts)) part.setAttribute(key, value);
      svg.append(part);
    };
    if (dash) add("path", { d: "M0,8H26", stroke: fill, "stroke-dasharray": dash, "stroke-width": 2 });
    const shape = { circle: d3.symbolCircle, square: d3.symbolSquare, triangle: d3.symbolTriangle,
                    diamond: d3.symbolDiamond, star: d3.symbolStar, wye: d3.symbolWye,
                    times: d3.symbolTimes }[symbol];
    add("path", { d: d3.symbol(shape, 60)(), transform: `translate(${middle},8)`,
                  ...(stroke ? { stroke, fill: "none", "stroke-width": 2.5 } : { fill }) });
    return svg;
  };

  const legend = (entries) => make("ul", { class: "legend" },
    ...entries.map(([style, text]) => make("li", {}, sign(style), make("span", {}, text))));

  /** The numbers of a chart as a table, the first of them if there are many. */
  const table = (caption, heads, rows, numeric) => {
    const body = make("tbody", {}, ...rows.slice(0, LISTED).map((row) => make("tr", {},
      ...row.map((cell, place) => place === 0 ? make("th", { scope: "row" }, cell)
        : make("td", { class: numeric.includes(place) && "number" }, cell)))));
    const more = rows.length > LISTED
      ? [make("p", {}, `The first ${LISTED} of ${rows.length.toLocaleString("en")}; all rows stand below.`)]
      : [];
    const box = make("div", { class: "book-table", role: "region", tabindex: "0", "aria-label": caption },
      make("table", {}, make("caption", { class: "visually-hidden" }, caption),
        make("thead", {}, make("tr", {}, ...heads.map((head, place) =>
          make("th", { scope: "col", class: numeric.includes(place) && "number" }, head)))), body));
    return make("details", {}, make("summary", {}, `What the chart shows, as a table (${
      plural(rows.length, "row")})`), ...more, box);
  };

  /** A chart with its title, what it says in a sentence, and its table. */
  const figure = ({ title, unit, said, drawing, signs = [], listed }) => [
    make("h2", {}, title),
    make("figure", {}, make("figcaption", {}, said),
      ...(unit ? [make("p", { class: "unit" }, unit)] : []),
      ...(signs.length ? [legend(signs)] : []), ...(drawing ? [drawing] : [])),
    ...(listed ? [table(...listed)] : [])];

  Object.assign(window.sweepPage, { NARROW, STYLES, CROSS, colour, draw, figure });
})();
