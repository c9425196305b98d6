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

  // Rows of (days ago, how many), the oldest first.
  function days(rows) {
    const axis = { axisLabel: { color: colour("ink-soft") }, axisLine: { lineStyle: { color: colour("line-firm") } }, axisTick: { show: false } };
    return {
      grid: { left: 45, right: 10, top: 15, bottom: 25 },
      xAxis: { ...axis, type: "category", data: rows.map(([ago]) => (ago === "0" ? "today" : `-${ago}`)) },
      yAxis: { ...axis, type: "value", minInterval: 1, splitLine: { lineStyle: { color: colour("line") } } },
      series: [{ type: "bar", data: rows.map(([, number]) => Number(number)), itemStyle: { color: colour("accent") } }],
    };
  }

  const kinds = { sankey, days };

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
