// Buttons that copy: `data-copy` has the text itself, `data-copy-of` the id of the element whose text
// it is, `data-copy-address` the id of a place on this page whose address it is. They are hidden
// until this runs, since without a script they would do nothing.
(() => {
  const _ = (text) => window.book?.words?.[text] ?? text;
  const KINDS = "[data-copy], [data-copy-of], [data-copy-address]";

  const wanted = ({ dataset }) => {
    if (dataset.copyOf) return document.getElementById(dataset.copyOf).textContent.trim();
    if (dataset.copyAddress) return location.href.split("#")[0] + "#" + dataset.copyAddress;
    return dataset.copy;
  };

  // Where a page may not use the clipboard (http without encryption), the older way still works.
  const byHand = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("nothing was copied");
  };

  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); } catch { byHand(text); }
  };

  const withVoice = (button, voice) => {
    const name = button.textContent;
    let waiting;
    button.hidden = false;
    button.addEventListener("click", async () => {
      let said = _("Copied");
      try { await copy(wanted(button)); } catch { said = _("Not copied"); }
      button.focus();
      button.textContent = voice.textContent = said;
      clearTimeout(waiting);
      waiting = setTimeout(() => { button.textContent = name; voice.textContent = ""; }, 2000);
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const block of document.querySelectorAll(".article .highlight > pre")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy-button";
      button.dataset.copy = block.textContent.trim();
      button.textContent = _("Copy");
      block.before(button);
    }
    const voice = document.createElement("span");
    voice.className = "visually-hidden";
    voice.setAttribute("role", "status");
    document.querySelector("main").append(voice);
    const bind = (within) => {
      for (const button of within.querySelectorAll(KINDS)) withVoice(button, voice);
    };
    bind(document);
    // Pieces of a page that come later are bound by whoever brings them.
    ((window.book ??= {}).pieces ??= []).push(bind);
  });
})();
