// What a page says of its own edition: the notice on top and the box of its parameters.
(() => {
  const live = (window.bookLive ??= {});

  let own = null;

  const setting = (name, literal) => [live.make("code", {}, name), ` = ${literal} `,
    live.say("(baseline {value})", { value: live.literals.parameter(name).literal })];

  const list = (values) => Object.keys(values).sort().flatMap((name, place) =>
    [place ? "; " : "", ...setting(name, values[name])]);

  /** What a page that is about the built edition does not say of the reader's values. */
  const ofPage = () => {
    const page = live.address.page();
    if (page === live.bar.CHANGES) return ` ${live.say("This page tells what built editions change; what your values change stands at its foot.")}`;
    return page === "all-results.html" ? ` ${live.say("Its rows follow your values; its files are those of the built edition.")}` : "";
  };

  const notice = ({ values, old, error }) => {
    // Pages of the baseline have none.
    if (live.store.isBaseline() || error) { own?.remove(); return; }
    const place = (own ??= live.make("aside", { class: "edition-notice", "aria-label": live.say("Edition") }));
    if (!place.isConnected) document.querySelector(".page-columns").before(place);
    place.replaceChildren(live.make("p", {}, live.make("strong", {}, live.say("Computed for your values:")), " ",
      Object.keys(values).length ? list(values) : live.say("the baseline"),
      old ? [". ", live.say("Compared with:"), " ", Object.keys(old).length ? list(old) : live.say("the baseline")] : "", ". ",
      live.say("The authors' own edition is the baseline."),
      ofPage()));
  };

  const box = ({ values }) => {
    const place = document.querySelector("section#assumptions");
    if (!place) return;
    const rows = [...place.querySelectorAll("[data-parameter]")];
    const own = Object.fromEntries(rows.map((row) => row.dataset.parameter)
      .filter((name) => name in values).map((name) => [name, values[name]]));
    const summary = place.querySelector("summary"), command = place.querySelector(".command code");
    const lead = place.querySelector(".command")?.previousElementSibling;
    for (const part of [summary, command, lead, ...rows]) if (part) live.restore(part);
    for (const row of rows) for (const part of row.querySelectorAll("p:first-child")) live.restore(part);
    if (!Object.keys(own).length) return;
    live.keep(summary);
    summary.replaceChildren(live.make("strong", {}, live.say("This edition:")), " ", ...list(own));
    for (const row of rows) {
      const name = row.dataset.parameter;
      if (!(name in own)) continue;
      live.keep(row);
      const line = row.querySelector("p:first-child");
      live.keep(line);
      row.dataset.value = own[name];
      row.classList.add("changed");
      const value = line.querySelector("strong").cloneNode();
      value.textContent = own[name];
      line.replaceChildren(...[...line.childNodes].map((node) => (node.nodeName === "STRONG" ? value : node)), " ",
        live.make("span", { class: "was" }, live.say("baseline {value}", { value: row.dataset.baseline })));
    }
    if (!command) return;
    live.keep(command);
    command.textContent = live.literals.command(values);
    if (lead?.matches("p")) {
      live.keep(lead);
      lead.textContent = live.say("This edition is made by");
    }
  };

  live.edition = { show: () => { notice(live.store.state); box(live.store.state); } };
})();
