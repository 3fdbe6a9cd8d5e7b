// The picker of days, beside each field of dates: a dialog with a month as a grid, after the pattern of the ARIA
// Authoring Practices Guide. The fields work without it. A form of a house tells by data attributes which of its days
// can be chosen (crates/site/src/free_days.rs); a form of a search knows no house, and only days before today cannot be.

const lang = document.documentElement.lang;
const say = (chinese, english) => (lang === "en" ? english : chinese);
const DAY = 86_400_000;

// Days are texts, YYYY-MM-DD, and counted in UTC, where each has 24 hours.
const iso = (date) => date.toISOString().slice(0, 10);
const plus = (day, count) => iso(new Date(Date.parse(day) + count * DAY));
const between = (from, to) => (Date.parse(to) - Date.parse(from)) / DAY;
const weekday = (day) => (new Date(day).getUTCDay() + 6) % 7;
const format = (options) => {
  const known = new Intl.DateTimeFormat(lang, { ...options, timeZone: "UTC" });
  return (day) => known.format(new Date(day));
};
const inWords = format({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const monthInWords = format({ year: "numeric", month: "long" });
const shortWeekday = format({ weekday: "narrow" });
const longWeekday = format({ weekday: "long" });

function plusMonths(day, count) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))));
}

// What the form of a stay allows.
function rules(form) {
  const { first, last, taken = "", least = 0, most = Infinity, nights } = form.dataset;
  const ranges = taken.split(" ").filter(Boolean).map((range) => range.split("/"));
  const isTaken = (day) => ranges.some(([from, to]) => from <= day && day <= to);
  const now = new Date();
  const today = iso(new Date(now.getTime() - now.getTimezoneOffset() * 60_000));
  return {
    first: first ?? today,
    last: last ?? plus(today, 5 * 366),
    least: Number(least),
    most: Number(most),
    nights: nights !== undefined,
    isTaken,
    isWhollyFree(from, to) {
      return !isTaken(from) && !isTaken(to) && !ranges.some(([begin]) => from <= begin && begin <= to);
    },
  };
}

const OUTSIDE = say("不可选", "cannot be chosen");
const TAKEN = say("已订", "taken");
const LENGTH = say("天数不符合要求", "stay too short or too long");

// Why a day cannot be the first or the last one of a stay; null where it can.
function refusal(rules, name, start, day) {
  if (day < rules.first || day > rules.last) return OUTSIDE;
  if (name === "start") return rules.isTaken(day) ? TAKEN : null;
  const lastNight = rules.nights ? plus(day, -1) : day;
  if (start === "") return rules.isTaken(lastNight) ? TAKEN : null;
  if (day < start || lastNight < start) return OUTSIDE;
  if (!rules.isWhollyFree(start, lastNight)) return TAKEN;
  const length = between(start, lastNight) + 1;
  return length < rules.least || length > rules.most ? LENGTH : null;
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function move(day, { key, shiftKey }) {
  switch (key) {
    case "ArrowLeft": return plus(day, -1);
    case "ArrowRight": return plus(day, 1);
    case "ArrowUp": return plus(day, -7);
    case "ArrowDown": return plus(day, 7);
    case "Home": return plus(day, -weekday(day));
    case "End": return plus(day, 6 - weekday(day));
    case "PageUp": return plusMonths(day, shiftKey ? -12 : -1);
    case "PageDown": return plusMonths(day, shiftKey ? 12 : 1);
    default: return null;
  }
}

class Picker {
  constructor() {
    const button = (text, label) => element("button", { type: "button", class: "plain small", "aria-label": label }, text);
    this.before = button("‹", say("上个月", "Month before"));
    this.after = button("›", say("下个月", "Month after"));
    this.title = element("h2", { id: "picker-title", "aria-live": "polite" });
    this.grid = element("table", { class: "month", role: "grid", "aria-labelledby": "picker-title" });
    this.hint = element("p", { class: "facts", id: "picker-hint" },
      say("方向键选日，Page Up 和 Page Down 换月。", "Arrow keys choose a day, Page Up and Page Down a month."));
    this.close = element("button", { type: "button", class: "plain" }, say("关闭", "Close"));
    this.dialog = element("dialog", { class: "picker", "aria-labelledby": "picker-title", "aria-describedby": "picker-hint" },
      element("div", { class: "picker-head" }, this.before, this.title, this.after), this.grid, this.hint, this.close);
    document.body.append(this.dialog);
    this.before.addEventListener("click", () => this.show(plusMonths(this.day, -1)));
    this.after.addEventListener("click", () => this.show(plusMonths(this.day, 1)));
    this.close.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.grid.addEventListener("keydown", (event) => {
      const day = move(this.day, event);
      if (day === null) return;
      event.preventDefault();
      this.show(day);
      this.focus();
    });
    this.grid.addEventListener("click", (event) => {
      const day = event.target.closest("button")?.dataset.date;
      if (day !== undefined) this.choose(day);
    });
  }

  open(field) {
    this.field = field;
    this.rules = rules(field.form);
    this.start = field.form.elements.namedItem("start").value;
    this.show(field.value || (field.name === "end" && this.start) || this.rules.first);
    this.dialog.showModal();
    this.focus();
  }

  focus() {
    this.grid.querySelector('[tabindex="0"]').focus();
  }

  // Shows the month of a day, which the next key moves from.
  show(wanted) {
    const { first, last } = this.rules;
    this.day = wanted < first ? first : wanted > last ? last : wanted;
    const begin = `${this.day.slice(0, 7)}-01`;
    const end = plus(plusMonths(begin, 1), -1);
    this.title.textContent = monthInWords(begin);
    this.before.disabled = begin <= first;
    this.after.disabled = end >= last;
    const monday = plus(begin, -weekday(begin));
    const week = (from) => Array.from({ length: 7 }, (_, offset) => plus(from, offset));
    const head = week(monday).map((day) =>
      element("th", { scope: "col" }, element("abbr", { title: longWeekday(day) }, shortWeekday(day))));
    const rows = [];
    for (let from = monday; from <= end; from = plus(from, 7)) {
      rows.push(element("tr", {}, ...week(from).map((day) => (day < begin || day > end ? element("td") : this.cell(day)))));
    }
    this.grid.replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  }

  cell(day) {
    const refused = refusal(this.rules, this.field.name, this.start, day);
    const button = element("button", {
      type: "button", "data-date": day, tabindex: day === this.day ? "0" : "-1",
      "aria-label": refused === null ? inWords(day) : `${inWords(day)}, ${refused}`,
    }, String(Number(day.slice(8))));
    if (refused !== null) button.setAttribute("aria-disabled", "true");
    const state = refused === null ? "free" : refused === TAKEN ? "taken" : "past";
    return element("td", { class: state, "aria-selected": String(day === this.field.value) }, button);
  }

  choose(day) {
    if (refusal(this.rules, this.field.name, this.start, day) !== null) return;
    const { field, rules } = this;
    field.value = day;
    if (field.name === "start") {
      // The shortest stay from this day on, where the other field does not fit any more.
      const end = field.form.elements.namedItem("end");
      const shortest = plus(day, Math.max(rules.least, 1) - (rules.nights ? 0 : 1));
      if (end.value !== "" && refusal(rules, "end", day, end.value) !== null) end.value = shortest;
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
    this.dialog.close();
  }
}

let picker = null;
for (const field of document.querySelectorAll('input[type="date"]')) {
  if (!field.form?.elements.namedItem("start") || !field.form.elements.namedItem("end")) continue;
  const label = `${say("选择日期", "Choose a day")}: ${field.labels[0]?.textContent ?? ""}`;
  const button = element("button", { type: "button", class: "pick", "aria-haspopup": "dialog", "aria-label": label });
  button.addEventListener("click", () => (picker ??= new Picker()).open(field));
  field.parentElement.classList.add("picks");
  field.after(button);
}
