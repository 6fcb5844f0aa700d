// The data as arrays of whole numbers, and the rows that a reader asks for.
window.sweepPage = {};
(() => {
  const data = window.sweep;
  const MISSING = -1;

  const columns = new Map(data.columns.map((each) =>
    [each.name, { ...each, codes: Int32Array.from(each.codes) }]));
  const scenarios = columns.get("scenario").codes;

  // Values of parameters are kept once for each scenario.
  const parameters = new Map(data.parameters.map((each) =>
    [each.name, { ...each, byScenario: Int32Array.from(data.scenarios.codes[each.name]) }]));
  for (const each of parameters.values()) {
    const byRow = new Int32Array(data.rows);
    for (let row = 0; row < data.rows; row += 1) byRow[row] = each.byScenario[scenarios[row]];
    each.codes = byRow;
  }

  const codeOf = (name, value) => columns.get(name).values.indexOf(value);
  const at = (name, row) => {
    const column = columns.get(name), code = column.codes[row];
    return code === MISSING ? (column.numeric ? null : "") : column.values[code];
  };

  // Rows of each result: chapter and name, then part.
  const series = new Map();
  {
    const [chapter, result, part, type] =
      ["chapter", "result", "part", "type"].map((name) => columns.get(name).codes);
    const sentence = codeOf("type", "sentence");
    const width = columns.get("result").values.length;
    const known = new Map();
    for (let row = 0; row < data.rows; row += 1) {
      if (type[row] === sentence) continue;
      const key = chapter[row] * width + result[row];
      let one = known.get(key);
      if (!one) {
        one = { chapter: at("chapter", row), result: at("result", row), label: at("label", row),
                unit: at("unit", row), parts: new Map() };
        one.id = `${one.chapter}/${one.result}`;
        known.set(key, one);
        series.set(one.id, one);
      }
      const rows = one.parts.get(part[row]);
      if (rows) rows.push(row); else one.parts.set(part[row], [row]);
    }
  }
  const partName = (code) => code === MISSING ? "" : columns.get("part").values[code];

  /** Whether a scenario has the values that are held: parameter -> code. */
  const holds = (held, scenario) => {
    for (const [name, code] of held) {
      if (parameters.get(name).byScenario[scenario] !== code) return false;
    }
    return true;
  };

  const sentences = () => {
    const codes = columns.get("type").codes, sentence = codeOf("type", "sentence"), rows = [];
    if (sentence === MISSING) return rows;
    for (let row = 0; row < data.rows; row += 1) if (codes[row] === sentence) rows.push(row);
    return rows;
  };

  const COMPARED = /^\s*(<=|>=|<|>|=)\s*(-?[\d.]+(?:e-?\d+)?)\s*$/i;
  const COMPARE = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b,
                    ">=": (a, b) => a >= b, "=": (a, b) => a === b };

  /** Which values of a column a filter lets through, one byte each; none asked is null. */
  const letThrough = (column, asked) => {
    if (asked.trim() === "") return null;
    const compared = column.numeric && asked.match(COMPARED);
    const wanted = asked.toLowerCase();
    return Uint8Array.from(column.values, (value) => compared
      ? COMPARE[compared[1]](value, Number(compared[2]))
      : String(value).toLowerCase().includes(wanted));
  };

  /** Rows that pass all filters, in the order asked for; what is missing stands last. */
  const chosen = (filters, by, sign) => {
    const tests = filters.map(([column, asked]) => [column.codes, letThrough(column, asked)])
      .filter(([, passes]) => passes);
    let rows = new Uint32Array(data.rows), count = 0;
    for (let row = 0; row < data.rows; row += 1) {
      let passed = true;
      for (const [codes, passes] of tests) {
        if (codes[row] === MISSING || !passes[codes[row]]) { passed = false; break; }
      }
      if (passed) rows[count++] = row;
    }
    rows = rows.subarray(0, count);
    if (!by) return rows;
    const codes = by.codes;
    return rows.sort((a, b) => {
      const x = codes[a], y = codes[b];
      if (x === MISSING || y === MISSING) return (x === MISSING) - (y === MISSING) || a - b;
      return sign * (x - y) || a - b;
    });
  };

  Object.assign(window.sweepPage, { data, columns, parameters, series, partName, at, holds, chosen,
                                    sentences, MISSING });
})();
