// Graphs, by Cytoscape: data-graph names the kind, data-from the table.
"use strict";

(() => {
  const { colour, draws } = pictures;

  function short(text) {
    return text.length > 28 ? `${text.slice(0, 13)}…${text.slice(-12)}` : text;
  }

  // Rows of (kind, value): each value between two sides.
  function sides(place, rows) {
    const height = Math.max(rows.length, 2) * 46;
    const side = (id, label, x) => ({ data: { id, label, type: "side" }, position: { x, y: height / 2 } });
    const values = rows.map(([kind, value], place) => ({
      data: { id: `v${place}`, label: `${kind}\n${short(value)}`, type: "value" },
      position: { x: 0, y: place * 46 + 23 },
    }));
    const edges = values.flatMap(({ data }) => ["one", "other"].map((end) => ({ data: { source: end, target: data.id } })));
    return [side("one", place.dataset.one, -320), side("other", place.dataset.other, 320), ...values, ...edges];
  }

  // Rows of (from, verb, to), each end as "type: name".
  function relations(_place, rows) {
    const ends = [...new Set(rows.flatMap(([source, , target]) => [source, target]))];
    const nodes = ends.map((end) => ({ data: { id: end, label: short(end.replace(/^[^:]*: /, "")), type: end.split(":")[0] } }));
    const edges = rows.map(([source, verb, target]) => ({ data: { source, target, label: verb } }));
    return [...nodes, ...edges];
  }

  const kinds = { sides, relations };
  const layouts = {
    sides: { name: "preset", padding: 20 },
    relations: { name: "cose", animate: false, randomize: false, padding: 20, nodeRepulsion: () => 9000, idealEdgeLength: () => 90 },
  };

  function styles() {
    const text = { label: "data(label)", color: colour("ink"), "font-size": 12, "text-wrap": "wrap", "text-max-width": 180 };
    return [
      { selector: "node", style: { ...text, "text-valign": "center", shape: "round-rectangle", "border-width": 1, "border-color": colour("line-firm") } },
      { selector: "node[type='side']", style: { width: 150, height: 54, "background-color": colour("accent-wash") } },
      { selector: "node[type='value']", style: { width: 210, height: 36, "background-color": colour("sheet") } },
      { selector: "node[type='campaign']", style: { shape: "round-rectangle", width: 150, height: 44, "background-color": colour("accent-wash") } },
      { selector: "node[type='infrastructure']", style: { width: 130, height: 36, "background-color": colour("warn-wash") } },
      { selector: "node[type='indicator']", style: { shape: "ellipse", width: 14, height: 14, "background-color": colour("accent"), label: "" } },
      { selector: "node[type='attack-pattern']", style: { width: 130, height: 30, "background-color": colour("good-wash") } },
      { selector: "edge", style: { width: 1.5, "line-color": colour("line-firm"), "curve-style": "straight" } },
    ];
  }

  // Cytoscape writes a style into the page unless one has this id; no page of ours takes styles that way.
  const taken = document.createElement("meta");
  taken.id = "__________cytoscape_stylesheet";
  document.head.append(taken);

  draws("graph", (place, rows) => {
    if (place.dataset.graph === "sides") place.style.height = `${Math.max(rows.length * 46 + 40, 160)}px`;
    const graph = cytoscape({
      container: place,
      elements: kinds[place.dataset.graph](place, rows),
      style: styles(),
      layout: layouts[place.dataset.graph],
      userZoomingEnabled: false,
      boxSelectionEnabled: false,
      autoungrabify: true,
    });
    return () => graph.destroy();
  });
})();
