// The menu and the contents of a page on narrow screens: the theme takes the focus from their
// buttons when they are pressed, and leaves a drawer open over the part of the page that was
// chosen in it. Whoever closes a drawer goes on from its button; a chosen part can be read.
document.addEventListener("DOMContentLoaded", () => {
  for (const name of ["primary", "secondary"]) {
    const button = document.querySelector(`.${name}-toggle`);
    const drawer = document.getElementById(`pst-${name}-sidebar-modal`);
    if (!button || !drawer) continue;
    drawer.addEventListener("close", () => button.focus());
    drawer.addEventListener("click", (event) => {
      if (event.target.closest("a[href^='#']")) drawer.close();
    });
  }
});
