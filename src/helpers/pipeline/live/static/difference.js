// Words that differ between two texts, by their longest common sequence.
(() => {
  const live = (window.bookLive ??= {});

  // Pages set quotation marks and hyphens as printers do, records as they are typed.
  const plain = (text) => text.replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u00a0\u202f]/g, " ").replace(/\u2013/g, "--").replace(/\s+/g, " ").trim();
  const same = (one, other) => plain(one) === plain(other);
  // A word or number with the points and hyphens inside of it; any other sign stands for itself.
  const words = (text) => text.match(/\s+|[\p{L}\p{M}\p{N}]+(?:[.,'\u2019\-\u2013][\p{L}\p{N}]+)*|[^\s]/gu) ?? [];
  const key = (word) => (/^\s/.test(word) ? " " : plain(word));

  /** Steps from one list of words to another: `[sort, word]` with sort "=", "-" or "+". */
  const steps = (before, after) => {
    const wide = after.length + 1;
    const longest = new Uint16Array((before.length + 1) * wide);
    const [a, b] = [before.map(key), after.map(key)];
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        longest[i * wide + j] = a[i] === b[j] ? longest[(i + 1) * wide + j + 1] + 1
          : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
      }
    }
    const found = [];
    let i = 0, j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) { found.push(["=", before[i]]); i++; j++; }
      else if (j >= b.length || (i < a.length && longest[(i + 1) * wide + j] >= longest[i * wide + j + 1])) {
        found.push(["-", before[i++]]);
      } else found.push(["+", after[j++]]);
    }
    return joined(found);
  };

  /** Blanks between two changed words change with them, so that a change reads as one. */
  const joined = (found) => {
    const runs = [];
    let removed = [], added = [], held = [];
    const flush = () => {
      for (const word of removed) runs.push(["-", word]);
      for (const word of added) runs.push(["+", word]);
      for (const word of held) runs.push(["=", word]);
      removed = []; added = []; held = [];
    };
    for (const [sort, word] of found) {
      if (sort === "=") {
        if (/^\s/.test(word) && (removed.length || added.length) && !held.length) held.push(word);
        else { flush(); runs.push(["=", word]); }
      } else {
        if (held.length) { removed.push(...held); added.push(...held); held = []; }
        (sort === "-" ? removed : added).push(word);
      }
    }
    flush();
    return runs;
  };

  const mark = (tag, text) => live.make(tag, { class: "live-word" },
    live.aside(tag === "del" ? live.say("before: ") : live.say("now: ")), text,
    live.aside(live.say(" end. ")));

  /**
   * Give an element another text, keeping the links and terms of words that stay.
   *
   * Parameters: the element, the new text, whether what changed is marked. What stands in `a.book-ask`
   * is no part of the text.
   */
  const retell = (element, text, marked) => {
    const texts = [];
    const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      if (!walk.currentNode.parentElement.closest(".book-ask, .live-aside")) texts.push(walk.currentNode);
    }
    const before = texts.flatMap((node) => words(node.data).map((word) => ({ word, node })));
    const runs = steps(before.map(({ word }) => word), words(text.trim()));
    const ask = element.querySelector(":scope > .book-ask");
    let at = 0;
    const made = new Map(texts.map((node) => [node, []]));
    let here = texts[0] ?? null;
    const loose = []; // of an element without any text
    for (const [sort, word] of runs) {
      if (sort !== "+") here = before[at++].node;
      (here ? made.get(here) : loose).push([sort, word]);
    }
    const nodes = (parts) => {
      const grouped = [];
      for (const [sort, word] of parts) {
        if (grouped.at(-1)?.[0] === sort) grouped.at(-1)[1] += word;
        else grouped.push([sort, word]);
      }
      return grouped.flatMap(([sort, words]) => {
        if (sort === "=" || (sort === "+" && !marked)) return [document.createTextNode(words)];
        if (sort === "-") return marked ? [mark("del", words)] : [];
        return [mark("ins", words)];
      });
    };
    for (const [node, parts] of made) node.replaceWith(...nodes(parts));
    if (loose.length) element.insertBefore(document.createElement("span"), ask).replaceWith(...nodes(loose));
  };

  const textOf = (element) => [...element.childNodes].filter((node) => !(node.nodeType === 1 && node.matches(".book-ask")))
    .map((node) => node.textContent).join("");

  live.difference = { steps, words, retell, same, textOf, mark };
})();
