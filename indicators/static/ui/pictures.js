// What charts and graphs have in common: colours of the theme, and rows of the table beside a picture.
// What a picture shows, a table says; so each picture is drawn out of its table.
"use strict";

const pictures = (() => {
  const drawn = [];

  function colour(name) {
    // A probe, because a custom property is given back as it was written, light-dark() and all.
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  function rowsOf(id) {
    const rows = document.querySelectorAll(`#${CSS.escape(id)} tbody tr`);
    return [...rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  }

  // `draw(place, rows)` returns what takes the picture away again.
  function draws(attribute, draw) {
    document.addEventListener("DOMContentLoaded", () => {
      for (const place of document.querySelectorAll(`[data-${attribute}]`)) {
        const again = () => draw(place, rowsOf(place.dataset.from));
        drawn.push({ again, end: again() });
      }
    });
  }

  document.addEventListener("themechange", () => {
    for (const each of drawn) {
      each.end();
      each.end = each.again();
    }
  });

  return { colour, draws };
})();
