// How numbers, names and lists read, and how elements are made: text stays text.
(() => {
  const { data } = window.sweepPage;
  const PERCENT = new Set(data.percent);

  /** A number in its unit, with so many digits as tell values apart. */
  const number = (value, unit = "", digits = 4) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (unit === "year") return String(Math.round(value * 10) / 10);
    const shown = PERCENT.has(unit) ? value * 100 : value;
    const text = shown.toLocaleString("en", { maximumSignificantDigits: digits });
    return (PERCENT.has(unit) ? `${text}\u00a0%` : text).replace("-", "\u2212");
  };

  const measured = (unit) => PERCENT.has(unit) ? "per cent" : unit === "-" ? "" : unit;

  const list = (texts) => texts.length < 2 ? texts.join("")
    : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;

  const plural = (count, one, many = `${one}s`) =>
    `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

  const short = (text, most) => text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;

  /** An element; what stands in it is elements and text, never HTML. */
  const make = (tag, facts = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(facts)) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...inside);
    return made;
  };

  const title = (chapter) => data.titles[chapter] ?? chapter;
  const named = (one, part) => part ? `${one.label}: ${part}` : one.label;

  Object.assign(window.sweepPage, { number, measured, list, plural, short, make, title, named });
})();
