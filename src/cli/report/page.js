"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const data = JSON.parse(document.getElementById("arrows").textContent);

// Arrows between accesses, drawn anew whenever something moves.
const SVG = "http://www.w3.org/2000/svg";
let shown = true;

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.append(Object.assign(document.createElementNS(SVG, "title"), { textContent: text }));
  return made;
}

// From below one access to below the other: down and up again on one line, sideways between lines.
function curve(from, to, number) {
  const [x1, y1, x2, y2] = [from.x + from.width / 2, from.bottom, to.x + to.width / 2, to.bottom];
  if (Math.abs(from.y - to.y) < 4) {
    const depth = 9 + 3 * (number % 3);
    return [`M ${x1} ${y1} C ${x1} ${y1 + depth}, ${x2} ${y2 + depth}, ${x2} ${y2 + 1}`, x2, y2 + 1, 0, -1];
  }
  const side = Math.max(from.right, to.right) + 24 + 10 * (number % 4);
  const [ya, yb] = [from.y + from.height / 2, to.y + to.height / 2];
  return [`M ${from.right} ${ya} C ${side} ${ya}, ${side} ${yb}, ${to.right + 1} ${yb}`, to.right + 1, yb, -1, 0];
}

function draw() {
  for (const svg of all(".arrows")) svg.replaceChildren();
  if (!shown) return;
  data.forEach((arrow, number) => {
    const [from, to] = [arrow.from, arrow.to].map((id) => document.getElementById(id));
    const source = document.querySelector(`#f${arrow.file} .source`);
    if (!from || !to || !source) return;
    const origin = source.getBoundingClientRect();
    const [a, b] = [from, to].map((access) => {
      const box = access.getBoundingClientRect();
      const [x, y] = [box.x - origin.x + source.scrollLeft, box.y - origin.y];
      return { x, y, width: box.width, height: box.height, right: x + box.width, bottom: y + box.height };
    });
    const [path, x, y, dx, dy] = curve(a, b, number);
    const svg = source.querySelector(".arrows");
    svg.append(element("path", { d: path, class: arrow.kind }, arrow.text));
    const [sx, sy] = [dy * 4, dx * 4]; // across the direction
    const tip = `M ${x} ${y} L ${x - dx * 7 + sx} ${y - dy * 7 + sy} L ${x - dx * 7 - sx} ${y - dy * 7 - sy} Z`;
    svg.append(element("path", { d: tip, class: `head ${arrow.kind}` }, arrow.text));
  });
}

// The generated code of the line that is looked at.
function choose(line) {
  all(".chosen").forEach((one) => one.classList.remove("chosen"));
  const file = line.closest(".file");
  const kernel = line.dataset.kernel && all(".rust", file).find((one) => one.dataset.kernel === line.dataset.kernel);
  if (!kernel) return;
  all(".rust", file).forEach((one) => { one.open = one === kernel; });
  line.classList.add("chosen");
  for (const pre of all("pre", kernel)) {
    const parts = all("span", pre).filter((one) => one.dataset.row === line.dataset.row);
    parts.forEach((one) => one.classList.add("chosen"));
    if (parts.length && pre.getBoundingClientRect().height) {
      pre.scrollTop += parts[0].getBoundingClientRect().y - pre.getBoundingClientRect().y - 40;
    }
  }
}

// And back: from generated code to its line.
function answer(part) {
  const line = all(".line", part.closest(".file")).find((one) => one.dataset.row === part.dataset.row);
  if (!line) return;
  choose(line);
  line.scrollIntoView({ block: "nearest" });
}

// One language at a time; the same one in all kernels.
let language = "Rust";

function speak(wanted) {
  language = wanted;
  for (const text of all(".text")) text.hidden = text.dataset.language !== language;
  for (const tab of all(".tabs button")) {
    const chosen = tab.textContent === language;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
  const line = document.querySelector(".line.chosen");
  if (line) choose(line);
}

for (const texts of all(".texts")) {
  const tabs = Object.assign(document.createElement("div"), { className: "tabs" });
  tabs.setAttribute("role", "tablist");
  tabs.setAttribute("aria-label", "Language");
  for (const text of all(".text", texts)) {
    const tab = Object.assign(document.createElement("button"), { type: "button", textContent: text.dataset.language, id: `${text.id}-tab` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", text.id);
    text.setAttribute("role", "tabpanel");
    text.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => speak(text.dataset.language));
    tabs.append(tab);
  }
  tabs.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    swap();
    tabs.querySelector('[aria-selected="true"]').focus();
    event.preventDefault();
  });
  texts.prepend(tabs);
  texts.classList.add("tabbed");
}

function swap() {
  speak(language === "Rust" ? "CUDA" : "Rust");
}

function theme() {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
}

function toggle() {
  shown = !shown;
  document.getElementById("toggle").setAttribute("aria-pressed", shown);
  draw();
}

function step(by) {
  const lines = all("details.line > summary, .line[tabindex]");
  const at = lines.indexOf(document.activeElement);
  const next = lines[Math.min(Math.max(at + by, 0), lines.length - 1)];
  if (next) next.focus();
}

const keys = { a: toggle, g: swap, t: theme, j: () => step(1), k: () => step(-1) };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  keys[event.key]();
  event.preventDefault();
});
document.getElementById("theme").addEventListener("click", theme);
document.getElementById("toggle").addEventListener("click", toggle);
for (const line of all(".line[data-kernel]")) {
  line.addEventListener("click", () => choose(line));
  line.addEventListener("focusin", () => choose(line));
}
for (const part of all(".rust pre span[data-row]")) part.addEventListener("click", () => answer(part));
for (const details of all("details")) details.addEventListener("toggle", draw);
addEventListener("resize", draw);
// On paper, notes are open: nobody can open them there.
const opened = [];
addEventListener("beforeprint", () => {
  for (const notes of all("details.line:not([open])")) { notes.open = true; opened.push(notes); }
});
addEventListener("afterprint", () => { for (const notes of opened.splice(0)) notes.open = false; });
speak(language);
draw();
