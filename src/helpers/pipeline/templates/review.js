// Only what styles cannot do: the place of the wipe and the weight of the onion skin.
document.documentElement.classList.add("scripted");
document.addEventListener("input", (event) => {
  if (event.target.matches(".at")) {
    event.target.closest(".views").style.setProperty("--at", event.target.value + "%");
  }
});
