"use strict";

const options = {
  responsive: true, displayModeBar: "hover", displaylogo: false, modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
};

function draw(place) {
  const drawing = JSON.parse(place.querySelector("script").textContent);
  Plotly.newPlot(place, drawing.data, drawing.layout, options);
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    seen.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "600px" });
const figures = document.querySelectorAll(".figure");
figures.forEach((place) => seen.observe(place));
addEventListener("beforeprint", () => figures.forEach((place) => { seen.unobserve(place); draw(place); }));

function sortKey(cell) {
  const text = cell.dataset.value ?? cell.textContent;
  return text === "" || isNaN(text) ? text : Number(text);
}

function compare(a, b) {
  if (a === "" || b === "") return a === b ? 0 : a === "" ? Infinity : -Infinity;  // nothing comes last
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

function sort(table, column, heading) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  table.querySelectorAll("th").forEach((one) => one.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows].map((row) => [sortKey(row.cells[column]), row]);
  rows.sort(([a], [b]) => {
    const order = compare(a, b);
    return Number.isFinite(order) && descending ? -order : order;
  });
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("th").forEach((heading, column) => {
    heading.tabIndex = 0;
    heading.addEventListener("click", () => sort(table, column, heading));
    heading.addEventListener("keydown", (event) => event.key === "Enter" && sort(table, column, heading));
  });
}

for (const filter of document.querySelectorAll(".filter")) {
  const rows = [...filter.parentElement.querySelectorAll("tbody tr")];
  const [words, state, count] = ["input", "select", "output"].map((name) => filter.querySelector(name));
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = wanted.every((word) => text.includes(word)) && (!state.value || row.querySelector(`.${state.value}`));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = `${shown} of ${rows.length} trials`;
  };
  words.addEventListener("input", show);
  state.addEventListener("change", show);
  show();
}
