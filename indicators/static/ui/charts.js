// Charts, by ECharts: data-chart names the kind, data-from the table.
"use strict";

(() => {
  const { colour, draws } = pictures;
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
        data: [source, ...ends],
        links: rows.map(([name, number]) => ({ source: "received", target: name, value: Number(number) })),
        label: { color: colour("ink"), fontSize: 13, formatter: ({ name, value }) => `${name} ${value}` },
        lineStyle: { color: "gradient", opacity: 0.35 },
        emphasis: { disabled: true },
        left: 0,
        right: 130,
      }],
    };
  }

  const kinds = { sankey };

  draws("chart", (place, rows) => {
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...kinds[place.dataset.chart](rows) });
    const resize = () => chart.resize();
    addEventListener("resize", resize);
    return () => {
      removeEventListener("resize", resize);
      chart.dispose();
    };
  });
})();
