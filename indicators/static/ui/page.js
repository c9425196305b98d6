// What every page does for its reader: the theme, times in the reader's zone, single keys.
// Loaded in the head and not deferred, so that no page is seen in the wrong theme first.
"use strict";

(() => {
  const root = document.documentElement;
  const stored = localStorage.getItem("theme");
  if (stored) root.dataset.theme = stored;

  function isDark() {
    const wanted = root.dataset.theme;
    return wanted ? wanted === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function switchTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    document.dispatchEvent(new Event("themechange"));
  }

  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

  function localise(within) {
    for (const time of within.querySelectorAll("time[data-moment]")) {
      time.textContent = format.format(new Date(time.dateTime));
      delete time.dataset.moment;
    }
  }

  function isTyping(target) {
    return target.closest("input, select, textarea, [contenteditable], dialog[open]") !== null;
  }

  // An element with data-key is pressed, followed or focused by that key.
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
    if (isTyping(event.target)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found || found.disabled) return;
    event.preventDefault();
    if (found.matches("input, select, textarea")) found.focus();
    else found.click();
  }

  // A button with data-copies takes what stands in that element along.
  async function copy(button) {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.textContent = "Copied";
  }

  // A button with data-opens shows that dialog; what has data-closes closes the one around it.
  function onClick(event) {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog").close();
    if (event.target.closest("[data-theme-switch]")) switchTheme();
    const copier = event.target.closest("[data-copies]");
    if (copier) copy(copier);
  }

  // A page follows what it shows only while somebody is there: each request prolongs the session.
  const PATIENCE = 10 * 60 * 1000;
  let touched = Date.now();

  function onTouch() {
    touched = Date.now();
  }

  function onRequest(event) {
    const byItself = !event.detail.requestConfig.triggeringEvent;
    if (byItself && Date.now() - touched > PATIENCE) event.preventDefault();
  }

  for (const sign of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    document.addEventListener(sign, onTouch, { passive: true });
  }
  document.addEventListener("htmx:beforeRequest", onRequest);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("DOMContentLoaded", () => localise(document));
  for (const swap of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.addEventListener(swap, (event) => localise(event.target));
  }

  // On a narrow screen the places fold away.
  document.addEventListener("DOMContentLoaded", () => {
    const places = document.querySelector(".rail details");
    if (places && matchMedia("(max-width: 52rem)").matches) places.open = false;
  });
})();
