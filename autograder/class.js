"use strict";
// Everything that students had a say in reaches the page as text (textContent), never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const { exercises, names, cells, points, cpu, mistakes, alike, odd, most } = data;
const words = { p: "passed", e: "error", t: "timed out", n: "to do" };
const word = (letter) => words[letter] ?? "failed";
const group = (letter) => (letter in words ? letter : "f");
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const WIDTH = exercises.length > 90 ? 6 : exercises.length > 30 ? 9 : 14;
const HEIGHT = 16;

function make(tag, attributes = {}, ...inside) {
  const svg = ["svg", "path", "rect", "text", "line", "title"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

const short = (id) => id.slice(id.lastIndexOf("/") + 1);
const label = (id) => make("span", {}, ...id.split("/").flatMap((part, i) => (i ? ["/", make("wbr"), part] : [part])));
const topic = (id) => id.slice(0, id.lastIndexOf("/"));
const heightOf = (letter) => ({ p: HEIGHT, e: 8, t: 5, n: 2 })[letter] ?? 7 + Math.round(Number(letter) * 0.6);

function strip(row) {
  const paths = {};
  [...cells[row]].forEach((letter, i) => {
    const height = heightOf(letter);
    (paths[group(letter)] ??= []).push(`M${i * WIDTH} ${HEIGHT - height}h${WIDTH - 1}v${height}h${1 - WIDTH}z`);
  });
  const counts = Object.entries(tally(row)).map(([name, count]) => `${count} ${name}`).join(", ");
  const picture = make("svg", { width: WIDTH * exercises.length, height: HEIGHT, role: "img", "aria-label": counts });
  for (const [kind, parts] of Object.entries(paths)) picture.append(make("path", { class: kind, d: parts.join("") }));
  return picture;
}

function tally(row) {
  const counts = {};
  for (const letter of cells[row]) counts[word(letter)] = (counts[word(letter)] ?? 0) + 1;
  return counts;
}

// ---- tables that sort: each column has a title, a cell, and a value to sort by

function sortable(id, caption, columns, rows, first, shownRows = 200) {
  const table = document.getElementById(id);
  const head = make("tr");
  const body = make("tbody");
  let [column, down] = first;
  let limit = shownRows;
  columns.forEach((about, index) => {
    const press = () => { [column, down] = [index, index === column ? !down : Boolean(about.number)]; fill(); };
    const title = about.value ? make("button", { type: "button", onclick: press }, about.title) : about.title;
    head.append(make("th", { scope: "col", class: about.number ? "number" : "" }, title));
  });
  function fill() {
    const key = columns[column].value;
    const sorted = rows.map((row, i) => [row, i]).sort(([a, i], [b, j]) => (compare(key(a), key(b)) * (down ? -1 : 1)) || i - j);
    body.replaceChildren(...sorted.slice(0, limit).map(([row]) => make("tr", {}, ...columns.map((about, index) => make(
      index === 0 && !about.number ? "th" : "td", index === 0 && !about.number ? { scope: "row" } : { class: about.number ? "number" : "" }, about.cell(row))))));
    if (rows.length > limit) {
      const more = make("button", { type: "button", onclick: () => { limit = Infinity; fill(); } }, `Show all ${rows.length}`);
      body.append(make("tr", {}, make("td", { colspan: columns.length }, more)));
    }
    [...head.children].forEach((th, index) => {
      if (index === column) th.setAttribute("aria-sort", down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
  }
  table.replaceChildren(make("caption", {}, rows.length ? caption : "None."), ...(rows.length ? [make("thead", {}, head), body] : []));
  if (rows.length) fill();
}

const collator = new Intl.Collator("en", { numeric: true });
const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
const person = (row) => make("button", { type: "button", onclick: () => open(row) }, names[row]);

// ---- the heat map

const rank = { p: 20, e: -2, t: -1, n: -3 };
const order = document.getElementById("order");
const filter = document.getElementById("filter");
order.append(make("option", { value: "name" }, "name"), make("option", { value: "points" }, "points"));
exercises.forEach((exercise, index) => order.append(make("option", { value: index }, exercise.id)));
const map = document.getElementById("map");
const mapBody = make("tbody");
const elements = names.map((name, row) => make("tr", {},
  make("th", { scope: "row" }, person(row)), make("td", { class: "number" }, number.format(points[row])), make("td", {}, strip(row))));
let descending = false;

function ruler() {
  const picture = make("svg", { width: WIDTH * exercises.length, height: 30, class: "ruler", role: "img", "aria-label": "The exercises by topic" });
  let seen = "", end = -1;
  exercises.forEach((exercise, index) => {
    const name = topic(exercise.id);
    if (name === seen) return;
    seen = name;
    const x = index * WIDTH;
    picture.append(make("line", { x1: x, x2: x, y1: 0, y2: 30 }));
    if (x < end) return;
    const text = short(name);
    picture.append(make("text", { x: x + 3, y: 22 }, make("title", {}, name), text));
    end = x + 8 + 6.4 * text.length;
  });
  return picture;
}

function column(title, value, kind) {
  const press = () => { descending = order.value === value ? !descending : value === "points"; order.value = value; draw(); };
  return make("th", { scope: "col", class: kind, "data-order": value }, make("button", { type: "button", onclick: press }, title));
}

function draw() {
  const wanted = filter.value.trim().toLowerCase();
  const by = order.value;
  const value = by === "name" ? (row) => names[row] : by === "points" ? (row) => points[row] : (row) => rank[cells[row][by]] ?? Number(cells[row][by]);
  const rows = names.map((_, row) => row).filter((row) => names[row].toLowerCase().includes(wanted));
  rows.sort((a, b) => (compare(value(a), value(b)) * (descending ? -1 : 1)) || a - b);
  mapBody.replaceChildren(...rows.map((row) => elements[row]));
  document.getElementById("shown").textContent = `${rows.length} of ${names.length} shown`;
  for (const th of map.querySelectorAll("th[data-order]")) {
    if (th.dataset.order === by) th.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  }
}

map.append(make("thead", {}, make("tr", {}, column("Submission", "name", ""), column("Points", "points", "number"), make("th", { scope: "col" }, ruler()))), mapBody);
order.addEventListener("change", () => { descending = order.value === "points"; draw(); });
filter.addEventListener("input", draw);
mapBody.addEventListener("pointermove", (event) => {
  const picture = event.target.closest("svg");
  if (!picture) return;
  const index = Math.floor((event.clientX - picture.getBoundingClientRect().left) / WIDTH);
  const row = elements.indexOf(picture.closest("tr"));
  if (row < 0 || !exercises[index]) return;
  document.getElementById("under").textContent = `${names[row]}: ${exercises[index].id}, ${word(cells[row][index])}`;
});

// ---- one submission

function open(row) {
  document.getElementById("who").textContent = names[row];
  document.getElementById("sum").textContent = `${number.format(points[row])} of ${number.format(most)} points`;
  sortable("list", "Its exercises", [
    { title: "Exercise", cell: (i) => label(exercises[i].id), value: (i) => exercises[i].id },
    { title: "Status", cell: (i) => word(cells[row][i]), value: (i) => word(cells[row][i]) },
    { title: "Task", cell: (i) => exercises[i].title },
  ], exercises.map((_, i) => i), [0, false], Infinity);
  document.getElementById("one").showModal();
}

// ---- the other tables

const per = exercises.map(() => ({ passed: 0, failed: 0, error: 0, "timed out": 0, "to do": 0 }));
for (const line of cells) [...line].forEach((letter, i) => { per[i][word(letter)] += 1; });
const count = (name) => ({ title: name[0].toUpperCase() + name.slice(1), number: true, cell: (i) => String(per[i][name]), value: (i) => per[i][name] });
const rate = (i) => per[i].passed / Math.max(names.length, 1);
const bar = (i) => {
  const picture = make("svg", { width: 100, height: 10, "aria-hidden": "true" });
  picture.append(make("rect", { class: "n", width: 100, height: 10 }), make("rect", { class: "p", width: 100 * rate(i), height: 10 }));
  return make("span", {}, `${Math.round(100 * rate(i))} % `, picture);
};
sortable("rates", "Exercises in the course's order", [
  { title: "Exercise", cell: (i) => label(exercises[i].id), value: (i) => i },
  { title: "Passed", number: true, cell: bar, value: rate },
  count("failed"), count("error"), count("timed out"), count("to do"),
  { title: "Task", cell: (i) => exercises[i].title },
], exercises.map((_, i) => i), [0, false], Infinity);

const example = (one) => make("details", {}, make("summary", {}, one.kind), make("pre", { tabindex: 0 }, one.message));
sortable("kinds", "Mistakes by frequency", [
  { title: "Mistake", cell: example, value: (one) => one.kind },
  { title: "Submissions", number: true, cell: (one) => String(one.submissions), value: (one) => one.submissions },
  { title: "Exercise", cell: (one) => label(exercises[one.exercise].id), value: (one) => one.exercise },
], mistakes, [1, true], 40);

const people = (one) => make("span", {}, ...one.members.flatMap((row, i) => (i ? [", ", person(row)] : [person(row)])));
sortable("likes", "Like answers, the most remarkable first", [
  { title: "Submissions", cell: people, value: (one) => names[one.members[0]] },
  { title: "Exercise", cell: (one) => label(exercises[one.exercise].id), value: (one) => one.exercise },
  { title: "Alike", number: true, cell: (one) => (one.share === 1 ? "equal" : `${Math.round(100 * one.share)} %`), value: (one) => one.share },
  { title: "Size (nodes)", number: true, cell: (one) => String(one.size), value: (one) => one.size },
  { title: "Weight", number: true, cell: (one) => String(Math.round(one.weight)), value: (one) => one.weight },
], alike, [4, true], 40);

const late = (row) => [...cells[row]].filter((letter) => letter === "t").length;
const slow = names.map((_, row) => row).sort((a, b) => cpu[b] - cpu[a]).filter((row, place) => place < 20 || late(row));
sortable("slowest", "The 20 that took most CPU time of the grader, and all with time-outs", [
  { title: "Submission", cell: person, value: (row) => names[row] },
  { title: "Grader's CPU seconds", number: true, cell: (row) => number.format(cpu[row]), value: (row) => cpu[row] },
  { title: "Timed out", number: true, cell: (row) => String(late(row)), value: late },
], slow, [1, true], 40);

sortable("oddities", "Notes on submissions", [
  { title: "Submission", cell: ([row]) => person(row), value: ([row]) => names[row] },
  { title: "Note", cell: ([, note]) => note, value: ([, note]) => note },
], odd, [0, false], 60);

draw();
