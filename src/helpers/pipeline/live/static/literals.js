// Values as they are typed after `--set name=`: the one form in which the panel holds them.
(() => {
  const live = (window.bookLive ??= {});
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

  const settings = () => window.bookSettings;
  const known = new Map();
  const parameter = (name) => {
    if (!known.size) for (const each of settings().parameters) known.set(each.name, each);
    return known.get(name) ?? null;
  };

  const decimals = (step) => (String(step).split(".")[1] ?? "").length;
  const float = (number) => {
    const text = String(number === 0 ? 0 : number);
    return /[.e]/.test(text) ? text : `${text}.0`;
  };
  const list = (numbers) => `[${numbers.map(float).join(", ")}]`;
  const numbers = (literal) => literal.replace(/[[\]\s]/g, "").split(",").map(Number);

  /** The literal that a text stands for, or null where it is none that the parameter takes. */
  const read = (about, text) => {
    const typed = text.trim();
    if (about.type === "bool") return { true: "true", false: "false" }[typed.toLowerCase()] ?? null;
    if (about.type.startsWith("list")) {
      const parts = typed.replace(/^\[|\]$/g, "").split(",").map((part) => part.trim());
      const shares = parts.map(Number);
      const fits = parts.every((part) => NUMBER.test(part)) && parts.length === numbers(about.literal).length
        && shares.every((share) => share >= 0 && share <= 1)
        && Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9;
      return fits ? list(shares) : null;
    }
    if (about.type === "int" || about.type === "float") {
      if (!NUMBER.test(typed)) return null;
      const number = Number(typed);
      if (about.type === "int" && !/^[+-]?\d+$/.test(typed)) return null;
      if (about.low != null && number < about.low) return null;
      if (about.high != null && number > about.high) return null;
      return about.type === "int" ? String(number === 0 ? 0 : number) : float(number);
    }
    return !about.choices?.length || about.choices.includes(typed) ? typed : null;
  };

  /**
   * Shares after one of them was moved: the others keep their proportions, and all sum to one.
   *
   * Counted in whole steps, so that the sum is exact however often it is done; what rounding leaves
   * goes to those that lost most by it.
   */
  const shares = (before, place, wanted, step) => {
    const whole = Math.round(1 / step);
    const mine = Math.min(whole, Math.max(0, Math.round(wanted * whole)));
    const others = before.map((share, each) => (each === place ? 0 : share));
    const sum = others.reduce((all, share) => all + share, 0);
    const exact = others.map((share, each) => (each === place ? 0
      : (whole - mine) * (sum > 0 ? share / sum : 1 / (before.length - 1))));
    const units = exact.map(Math.floor);
    const rest = whole - mine - units.reduce((all, unit) => all + unit, 0);
    exact.map((share, each) => [share - units[each], each]).filter(([, each]) => each !== place)
      .sort(([one, a], [other, b]) => other - one || a - b).slice(0, rest)
      .forEach(([, each]) => { units[each] += 1; });
    units[place] = mine;
    return units.map((unit) => Number((unit / whole).toFixed(decimals(step))));
  };

  /** A name as words: what its unit has in capitals is in capitals. */
  const inWords = ({ name, unit }) => {
    const capitals = new Set((unit ?? "").match(/\b[A-Z]{2,}\b/g) ?? []);
    const words = name.split("_").map((word) => (capitals.has(word.toUpperCase()) ? word.toUpperCase() : word));
    return words.join(" ").replace(/^./, (letter) => letter.toUpperCase());
  };

  /** One word of a command line. */
  const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\"'\"'")}'`);

  /** The command that computes values; of one chapter, or of a whole edition. */
  const command = (values, chapter = "") => {
    const sets = Object.keys(values).sort().flatMap((name) => ["--set", quoted(`${name}=${values[name]}`)]);
    return ["book", ...(chapter ? ["run", settings().chapters[chapter]?.number || chapter] : ["build"]), ...sets].join(" ");
  };

  live.literals = { parameter, float, list, numbers, read, shares, inWords, decimals, command };
})();
