// Choosing days in a landlord's calendar: by dragging, by two clicks, or by keyboard, after the pattern of a grid of the
// ARIA Authoring Practices Guide. The fields of the form follow, and work without it. Days of two months are chosen by a
// click in each: the links to other months carry the first one along.

const lang = document.documentElement.lang;
const say = (chinese, english) => (lang === "en" ? english : chinese);
const DAY = 86_400_000;
const inWords = (day) =>
  new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));

const table = document.querySelector("table.plan");
const form = document.querySelector("#plan");
const [from, to] = ["from", "to"].map((name) => form.elements.namedItem(name));
const told = document.querySelector("#chosen-days");
const cells = [...table.querySelectorAll("td[data-open]")];
const dayOf = (cell) => cell.dataset.day;

// The first day of a range whose last one was not chosen yet.
let first = from.value !== "" && from.value === to.value ? from.value : null;

function sentence() {
  const days = (Date.parse(to.value) - Date.parse(from.value)) / DAY + 1;
  if (!(days >= 1)) return "";
  if (days === 1 && first !== null) return say(`${inWords(first)}；请选择末日`, `${inWords(first)}: now choose the last day`);
  const range = days === 1 ? inWords(from.value) : `${inWords(from.value)} – ${inWords(to.value)}`;
  return say(`${range}，共 ${days} 天`, `${range}: ${days} ${days === 1 ? "day" : "days"}`);
}

// Shows the days of the fields.
function show() {
  for (const cell of cells) {
    const isChosen = from.value !== "" && from.value <= dayOf(cell) && dayOf(cell) <= to.value;
    cell.classList.toggle("chosen", isChosen);
    cell.setAttribute("aria-selected", String(isChosen));
  }
  told.textContent = sentence();
  for (const link of document.querySelectorAll("nav.pages a")) {
    const url = new URL(link.href);
    for (const field of [from, to]) {
      if (field.value === "") url.searchParams.delete(field.name);
      else url.searchParams.set(field.name, field.value);
    }
    link.href = url.pathname + url.search;
  }
}

function set(one, other) {
  [from.value, to.value] = one <= other ? [one, other] : [other, one];
  show();
}

// A click or Enter on a day: the first day, then the last one.
function choose(day) {
  const begun = first;
  first = begun === null ? day : null;
  set(begun ?? day, day);
}

// Only one cell is a stop of the Tab key: the one that has the focus, or had it last.
let current = null;
function stopAt(cell) {
  current?.setAttribute("tabindex", "-1");
  cell.setAttribute("tabindex", "0");
  current = cell;
}

function neighbour(cell, key) {
  const at = cells.indexOf(cell);
  const weekday = cell.cellIndex;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -weekday, End: 6 - weekday };
  if (!(key in steps)) return null;
  const inside = Math.min(Math.max(at + steps[key], 0), cells.length - 1);
  // At the edge of the month a day of another column would be a surprise.
  return Math.abs(steps[key]) === 7 && inside !== at + steps[key] ? cell : cells[inside];
}

if (cells.length > 0) {
  table.setAttribute("role", "grid");
  table.setAttribute("aria-multiselectable", "true");
  table.setAttribute("aria-describedby", "plan-hint");
  for (const cell of cells) cell.setAttribute("tabindex", "-1");
  stopAt(cells.find((cell) => dayOf(cell) === from.value) ?? cells[0]);

  const cellOf = (event) => (event.target.closest("a") ? null : event.target.closest("td[data-open]"));
  let pressed = null;
  let isDragged = false;
  table.addEventListener("pointerdown", (event) => {
    // A finger scrolls the page, and chooses by two taps.
    pressed = event.pointerType === "mouse" && event.button === 0 ? cellOf(event) : null;
    isDragged = false;
  });
  table.addEventListener("pointerover", (event) => {
    const over = pressed && cellOf(event);
    if (!over || (over === pressed && !isDragged)) return;
    isDragged = true;
    first = null;
    set(dayOf(pressed), dayOf(over));
  });
  addEventListener("pointerup", () => (pressed = null));
  table.addEventListener("click", (event) => {
    const cell = cellOf(event);
    if (cell && !isDragged) {
      stopAt(cell);
      choose(dayOf(cell));
    }
    isDragged = false;
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cells.includes(cell) || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = neighbour(cell, event.key);
    const link = { PageUp: "prev", PageDown: "next" }[event.key];
    if (next) {
      stopAt(next);
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      choose(dayOf(cell));
    } else if (link) {
      document.querySelector(`nav.pages a[rel=${link}]`).click();
    } else if (event.key === "Escape") {
      first = null;
      [from.value, to.value] = ["", ""];
      show();
    } else {
      return;
    }
    event.preventDefault();
  });
}
for (const field of [from, to]) {
  field.addEventListener("change", () => {
    first = null;
    show();
  });
}
show();
