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

  // A bar from one moment to another in the lane of its row.
  function stretch(colours, share) {
    return (_params, api) => {
      const [x, y] = api.coord([api.value(1), api.value(0)]);
      const [end] = api.coord([api.value(2), api.value(0)]);
      const height = Math.max(api.size([0, 1])[1] * share, 3);
      return {
        type: "rect",
        shape: { x, y: y - height / 2, width: Math.max(end - x, 4), height, r: 2 },
        style: { fill: colour(colours[0]), stroke: colour(colours[1]), lineWidth: 1 },
      };
    };
  }

  // Rows of (what, from, until, how often seen, seen from, seen until), each a lane.
  function lanes(rows, place) {
    const MOST = 40;
    const shown = rows.slice(0, MOST);
    place.style.height = `${Math.max(shown.length * 22 + 60, 160)}px`;
    const between = (begin, end) => shown.flatMap((row, lane) => (row[begin] > "0" && row[end] > "0" ? [[lane, row[begin], row[end]]] : []));
    const series = { type: "custom", encode: { x: [1, 2], y: 0 }, clip: true };
    const axis = { axisLabel: { color: colour("ink-soft") }, axisLine: { lineStyle: { color: colour("line-firm") } }, axisTick: { show: false } };
    return {
      grid: { left: 10, right: 20, top: 30, bottom: 10, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: colour("ink") }, selectedMode: false },
      xAxis: { ...axis, type: "time", splitLine: { show: true, lineStyle: { color: colour("line") } } },
      yAxis: { ...axis, type: "category", inverse: true, data: shown.map(([what]) => what), axisLabel: { color: colour("ink-soft"), width: 130, overflow: "truncate", interval: 0 } },
      series: [
        { ...series, name: "good", itemStyle: { color: colour("accent") }, data: between(1, 2), renderItem: stretch(["accent-wash", "accent"], 0.7) },
        { ...series, name: "seen by several", itemStyle: { color: colour("good") }, data: between(4, 5), renderItem: stretch(["good", "good"], 0.3) },
      ],
    };
  }

  const kinds = { sankey, days, lanes };

  draws("chart", (place, rows) => {
    const option = kinds[place.dataset.chart](rows, place); // before the chart, which measures its place
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...option });
    const resize = () => chart.resize();
    addEventListener("resize", resize);
    return () => {
      removeEventListener("resize", resize);
      chart.dispose();
    };
  });
})();
