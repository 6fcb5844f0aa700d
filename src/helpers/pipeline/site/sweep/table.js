// All rows, a hundred at a time, sorted by any column and filtered by each.
(() => {
  const { data, columns, parameters, chosen, make, MISSING } = window.sweepPage;
  const PAGE = 100;
  const names = ["scenario", ...parameters.keys(),
                 ...[...columns.keys()].filter((name) => name !== "scenario")];
  const told = names.map((name) => {
    const column = parameters.get(name) ?? columns.get(name);
    return { ...column, name, values: column.labels && !column.numeric ? column.labels : column.values };
  });
  const box = (id) => document.getElementById(id);
  const state = { by: null, sign: 1, first: 0, rows: null };
  const asked = new Map(told.map((each) => [each.name, ""]));

  const text = (column, row) => {
    const code = column.codes[row];
    if (code === MISSING) return "";
    const value = column.values[code];
    return column.numeric ? String(Number(value.toPrecision(10))) : String(value);
  };

  const body = make("tbody");
  const show = () => {
    const rows = state.rows, last = Math.min(state.first + PAGE, rows.length), made = [];
    for (let place = state.first; place < last; place += 1) {
      made.push(make("tr", {}, ...told.map((column) =>
        make("td", { class: column.numeric && "number" }, text(column, rows[place])))));
    }
    body.replaceChildren(...made);
    box("place").textContent = rows.length === 0 ? `None of ${data.rows.toLocaleString("en")} rows passes the filters.`
      : `Rows ${(state.first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${rows.length.toLocaleString("en")}${
        rows.length < data.rows ? `, of ${data.rows.toLocaleString("en")} in all` : ""}`;
    box("before").disabled = state.first === 0;
    box("after").disabled = last >= rows.length;
  };
  const choose = () => {
    const filters = told.filter((each) => asked.get(each.name).trim()).map((each) => [each, asked.get(each.name)]);
    state.rows = chosen(filters, state.by, state.sign);
    state.first = 0;
    box("clear").disabled = filters.length === 0;
    show();
  };

  const heads = told.map((column) => {
    const button = make("button", { type: "button" }, column.name);
    const head = make("th", { scope: "col", class: column.numeric && "number" }, button);
    button.addEventListener("click", () => {
      // Up, down, and as it was.
      const now = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
      for (const each of heads) each.removeAttribute("aria-sort");
      if (now) head.setAttribute("aria-sort", now);
      Object.assign(state, { by: now ? column : null, sign: now === "descending" ? -1 : 1 });
      choose();
    });
    return head;
  });
  const inputs = told.map((column) => {
    const input = make("input", { "aria-label": `Filter ${column.name}`, autocomplete: "off" });
    input.addEventListener("input", () => { asked.set(column.name, input.value); choose(); });
    return input;
  });
  const turn = (by) => {
    state.first += by * PAGE;
    show();
    box("table").parentElement.scrollTop = 0;
  };
  box("before").addEventListener("click", () => turn(-1));
  box("after").addEventListener("click", () => turn(1));
  box("clear").addEventListener("click", () => {
    for (const input of inputs) input.value = "";
    for (const name of asked.keys()) asked.set(name, "");
    choose();
  });
  box("table").append(make("thead", {}, make("tr", {}, ...heads),
    make("tr", {}, ...inputs.map((input) => make("td", {}, input)))), body);
  choose();
  box("table").closest("section").hidden = false;
})();
