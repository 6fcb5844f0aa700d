// The panel: at the right beside the article on a wide screen, a sheet from below on a phone.
(() => {
  const live = (window.bookLive ??= {});
  const { make, say } = { make: (...all) => live.make(...all), say: (...all) => live.say(...all) };
  let panel = null, opener = null, shows = [], take = null, filled = false;
  const buttons = [];

  const icon = () => {
    const holder = document.createElement("template");
    holder.innerHTML = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7h9m4 0h3M4 17h3m4 0h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/></svg>';
    return holder.content;
  };

  const scenarios = () => {
    const told = window.bookSettings.scenarios ?? [];
    if (!told.length) return "";
    return make("details", { class: "live-more" }, make("summary", {}, say("Scenarios")), make("ul", { class: "live-scenarios" }, told.map((each) =>
      make("li", {}, live.button(each.title, () => live.store.become({ ...each.values }, live.store.state.old)), make("p", { class: "live-small" }, each.why)))));
  };

  const fill = () => {
    filled = true;
    const read = new Set(live.patch.chapters().flatMap((chapter) => window.bookSettings.chapters[chapter].parameters));
    const here = [], others = [];
    // What this page alone reads comes first; what many chapters read, such as a seed, comes last.
    const reach = ({ name }) => Object.values(window.bookSettings.chapters).filter(({ parameters }) => parameters.includes(name)).length;
    for (const about of [...window.bookSettings.parameters].sort((one, other) => reach(one) - reach(other))) (read.has(about.name) ? here : others).push(live.controls.control(about));
    take = live.take.part();
    panel.lastChild.append(...[
      make("p", { class: "live-small" }, say("What you set here is computed at once and shown on every page. {key} goes back to the baseline.", { key: live.bar.KEY })),
      make("h3", {}, say("Read by this page")),
      here.length ? "" : make("p", {}, say("No parameter moves this page.")), ...here.map(({ element }) => element),
      others.length ? make("details", { class: "live-more live-rest" }, make("summary", {}, say("Other parameters (they do not move this page)")), others.map(({ element }) => element)) : "",
      scenarios(), take.element, take.gates].filter(Boolean));
    shows = [...here, ...others, take].map(({ show }) => show);
    update();
  };

  const update = () => { for (const show of shows) show(); };

  /** An answer is there. Controls stay: one may hold what its reader has not let go yet. */
  const answered = () => take?.show();

  const isOpen = () => !panel.hidden;

  const open = (on, from = null, focus = true) => {
    if (on && !filled) fill();
    if (on && from) opener = from;
    const inside = panel.contains(document.activeElement);
    panel.hidden = !on;
    document.documentElement.classList.toggle("live-open", on);
    for (const button of buttons) button.setAttribute("aria-expanded", String(on));
    live.store.remember(live.store.OPEN, on ? "open" : "");
    if (on && focus) panel.querySelector("h2").focus({ preventScroll: true });
    else if (!on && inside) (opener?.isConnected ? opener : buttons[0]).focus({ preventScroll: true });
  };

  const opens = (button) => {
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", "live-panel");
    button.addEventListener("click", () => open(!isOpen(), button));
    buttons.push(button);
    return button;
  };

  const build = () => {
    const close = make("button", { type: "button", class: "tool live-close", "aria-label": say("Close the assumptions"), click: () => open(false) }, "×");
    panel = make("aside", { id: "live-panel", class: "live-panel", "aria-labelledby": "live-title", hidden: true },
      make("div", { class: "live-head" }, make("h2", { id: "live-title", tabindex: "-1" }, say("Assumptions")), close), make("div", { class: "live-inside" }));
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      open(false);
    });
    const button = opens(make("button", { type: "button", class: "tool live-opener" }, icon(), make("span", {}, say("Assumptions"))));
    document.querySelector(".page-header .search-button, .page-header .theme-button")?.before(button);
    const box = document.querySelector("section#assumptions > details");
    // Beside its box, which stays closed until somebody opens it.
    box?.after(make("p", { class: "live-beside" }, opens(live.button(say("Change the assumptions"), () => {}))));
    return panel;
  };

  live.drawer = { build, update, answered, open };
})();
