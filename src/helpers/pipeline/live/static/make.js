// Elements and words: texts are set as texts, and pieces of pages lose whatever could run.
(() => {
  const live = (window.bookLive ??= {});
  const translated = (text) => window.book?.words?.[text] ?? text;

  /** A text in the language of the page, with its parts filled in. */
  live.say = (text, parts = {}) =>
    translated(text).replace(/\{(\w+)\}/g, (all, name) => parts[name] ?? all);

  /** "1 figure", "3 figures". */
  live.many = (count, one, more) => live.say(count === 1 ? one : more, { n: count });

  live.make = (tag, options = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...inside.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== ""));
    return element;
  };

  live.button = (text, pressed, options = {}) =>
    live.make("button", { type: "button", class: "live-button", click: pressed, ...options }, text);

  /** Text with code between backticks. */
  live.coded = (text) => text.split("`").map((part, place) =>
    place % 2 ? live.make("code", {}, part) : part);

  /** The same words for readers of a screen alone. */
  live.aside = (text) => live.make("span", { class: "visually-hidden live-aside" }, text);

  // What runs, loads or leads elsewhere by itself has no place in a figure or a table.
  const RUNS = "script, style, link, meta, base, iframe, frame, object, embed, template, form, animate, "
    + "animateMotion, animateTransform, set, noscript";
  const LEADS = new Set(["href", "xlink:href", "src", "action", "formaction", "poster", "background", "ping"]);
  const SAFE = /^(https?:|mailto:|[^:]*$|[^:]*[/?#])/i;

  /** Elements of a piece of HTML that our own renderer wrote, cleaned of what could run. */
  live.fragment = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const element of template.content.querySelectorAll(RUNS)) element.remove();
    for (const element of template.content.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        const leads = LEADS.has(name.toLowerCase()) && !SAFE.test(value.replace(/[\u0000-\u0020]/g, ""));
        if (/^on/i.test(name) || name === "style" || name === "srcdoc" || leads) element.removeAttribute(name);
      }
    }
    return template.content;
  };

  // ---- what an element was before it was changed, to the last attribute but where it leads: links
  // are written, and put back, by address.js

  const kept = new Map();

  /** Remember an element as the page has it; the first time counts. */
  live.keep = (element) => {
    if (!kept.has(element)) {
      kept.set(element, { nodes: [...element.childNodes],
        attributes: [...element.attributes].map(({ name, value }) => [name, value]).filter(([name]) => name !== "href") });
    }
    return kept.get(element);
  };

  /** Put an element back as the page had it. */
  live.restore = (element) => {
    const was = kept.get(element);
    if (!was) return;
    kept.delete(element);
    const same = was.nodes.length === element.childNodes.length
      && was.nodes.every((node, place) => node === element.childNodes[place]);
    if (!same) element.replaceChildren(...was.nodes);
    const names = new Set(["href", ...was.attributes.map(([name]) => name)]);
    for (const { name } of [...element.attributes]) if (!names.has(name)) element.removeAttribute(name);
    for (const [name, value] of was.attributes) {
      if (element.getAttribute(name) !== value) element.setAttribute(name, value);
    }
  };
})();
