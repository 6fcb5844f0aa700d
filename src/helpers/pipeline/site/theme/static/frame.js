// The frame of a page. It runs before anything is drawn: a page in the other colours would flash.
(() => {
  const root = document.documentElement;
  const KNOWN = ["auto", "light", "dark"];
  window.book = window.book || {};

  // A browser that keeps nothing, or an old entry, means the colours of the device.
  const remembered = () => {
    try {
      const kept = localStorage.getItem("theme");
      return KNOWN.includes(kept) ? kept : "auto";
    } catch { return "auto"; }
  };
  root.dataset.theme = remembered();

  const buttonOfColours = () => {
    const button = document.querySelector(".theme-button");
    const name = button.querySelector("[data-words]");
    const words = name.dataset.words.split("|");
    const say = () => { name.textContent = words[KNOWN.indexOf(root.dataset.theme)]; };
    button.hidden = false;
    say();
    button.addEventListener("click", () => {
      root.dataset.theme = KNOWN[(KNOWN.indexOf(root.dataset.theme) + 1) % KNOWN.length];
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* for this page only */ }
      say();
    });
  };

  // A chosen place on the page can be read: the drawer that it was chosen in goes away.
  const drawers = () => {
    for (const drawer of document.querySelectorAll(".menu[popover], #contents[popover]")) {
      drawer.addEventListener("click", (event) => {
        if (event.target.closest("a") && drawer.matches(":popover-open")) drawer.hidePopover();
      });
    }
    // The chapter that is read stands in sight in the list beside it.
    const here = document.querySelector(".menu [aria-current]");
    const menu = here?.closest(".menu");
    if (menu && menu.scrollHeight > menu.clientHeight) {
      menu.scrollTop = Math.max(0, here.offsetTop - menu.clientHeight / 2);
    }
  };

  const printing = () => {
    const button = document.querySelector(".print-button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
    // What is folded is read on paper as well, except code.
    const folded = [];
    addEventListener("beforeprint", () => {
      for (const box of document.querySelectorAll("article details:not([open]):not(.hide)")) {
        box.open = true;
        folded.push(box);
      }
    });
    addEventListener("afterprint", () => { for (const box of folded.splice(0)) box.open = false; });
  };

  // The list of parts marks the one that is read.
  const whereOnThePage = () => {
    const links = [...document.querySelectorAll(".contents a")];
    if (!links.length) return;
    const seen = new Map();
    const mark = () => {
      const now = links.find((link) => seen.get(link.hash)) ?? null;
      if (!now) return;
      for (const link of links) {
        if (link === now) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    };
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) seen.set(`#${entry.target.id}`, entry.isIntersecting);
      mark();
    }, { rootMargin: "-60px 0px -55% 0px" });
    for (const link of links) {
      const part = document.getElementById(link.hash.slice(1));
      if (part) watch.observe(part);
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    buttonOfColours();
    drawers();
    printing();
    whereOnThePage();
  });
})();
