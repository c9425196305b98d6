// Draws pictures out of the tables beside them: what a picture shows, a table says.
"use strict";

(() => {
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

  const washes = {
    published: "good", held: "warn", waiting: "warn", pending: "warn", rejected: "bad", withdrawn: "bad",
  };

  // Rows of (what became of it, how many): from one source to each.
  function sankey(rows) {
    const source = { name: "received", itemStyle: { color: colour("accent") } };
    const ends = rows.map(([name]) => ({ name, itemStyle: { color: colour(washes[name] || "ink-soft") } }));
    return {
      series: [{
        type: "sankey",
        nodeAlign: "left",
        data: [source, ...ends],
        links: rows.map(([name, number]) => ({ source: "received", target: name, value: Number(number) })),
        label: { color: colour("ink"), formatter: ({ name, value }) => `${name} ${value}` },
        lineStyle: { color: "gradient", opacity: 0.35 },
        emphasis: { disabled: true },
        right: "18%",
      }],
    };
  }

  const kinds = { sankey };

  function draw(place) {
    const rows = rowsOf(place.dataset.from);
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...kinds[place.dataset.chart](rows) });
    drawn.push([place, chart]);
  }

  function drawAgain() {
    for (const [place, chart] of drawn.splice(0)) {
      chart.dispose();
      draw(place);
    }
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-chart]").forEach(draw));
  document.addEventListener("themechange", drawAgain);
  addEventListener("resize", () => drawn.forEach(([, chart]) => chart.resize()));
})();
