// The picker of days, beside each field of dates: a dialog with a month as a grid, after the pattern of the ARIA
// Authoring Practices Guide. The fields work without it. A form of a house tells by data attributes on which of its days
// a stay can begin and end, and how long it can be (crates/site/src/free_days.rs); a form of a search knows no house, and
// only days before today cannot be chosen.

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

// What the form of a stay allows. A day has a hexadecimal digit, the sum of what holds of it.
const [TAKEN_DAY, NO_ARRIVAL, NO_DEPARTURE, ENDS_GAP] = [1, 2, 4, 8];

function rules(form) {
  const { first, last, days = "", lengths = "", nights, gaps } = form.dataset;
  const now = new Date();
  const today = iso(new Date(now.getTime() - now.getTimezoneOffset() * 60_000));
  const limits = lengths.split(" ").filter(Boolean).flatMap((run) => {
    const [least, most, count] = run.split(/[-*]/).map(Number);
    return Array(count).fill({ least, most });
  });
  const known = {
    first: first ?? today,
    last: last ?? plus(today, 5 * 366),
    has(day, what) {
      return (Number.parseInt(days[between(known.first, day)] ?? "0", 16) & what) !== 0;
    },
    lengths: (start) => limits[between(known.first, start)] ?? { least: 0, most: Infinity },
    lastDay: (end) => (nights === undefined ? end : plus(end, -1)),
    endAfter: (start, length) => plus(start, nights === undefined ? length - 1 : length),
    // A gap between occupied days may be shorter than the shortest stay of the house.
    isGap(start, end) {
      const begins = start === known.first || known.has(plus(start, -1), TAKEN_DAY);
      return gaps !== undefined && begins && known.has(end, ENDS_GAP);
    },
    // Every day on which a stay from a day on can end, the nearest first.
    * ends(start) {
      if (known.has(start, TAKEN_DAY | NO_ARRIVAL)) return;
      const most = Math.min(known.lengths(start).most, between(known.first, known.last) + 1);
      for (let length = 1; length <= most; length += 1) {
        const end = known.endAfter(start, length);
        if (end > known.last || known.has(known.lastDay(end), TAKEN_DAY)) return;
        if (unfit(known, start, end) === null) yield end;
      }
    },
  };
  return known;
}

const OUTSIDE = say("不可选", "cannot be chosen");
const TAKEN = say("已订", "taken");
const ARRIVAL = say("当天不可入住", "no arrival on this day");
const DEPARTURE = say("当天不可离店", "no departure on this day");
const LENGTH = say("天数不符合要求", "stay too short or too long");

// Why a stay on free days cannot end on a day; null where it can.
function unfit(rules, start, end) {
  if (rules.has(end, NO_DEPARTURE)) return DEPARTURE;
  const { least, most } = rules.lengths(start);
  const length = between(start, rules.lastDay(end)) + 1;
  return (length < least && !rules.isGap(start, end)) || length > most ? LENGTH : null;
}

// Why a day cannot be the first or the last one of a stay; null where it can.
function refusal(rules, name, start, day) {
  if (day < rules.first || day > rules.last) return OUTSIDE;
  if (name === "start") {
    if (rules.has(day, TAKEN_DAY)) return TAKEN;
    if (rules.has(day, NO_ARRIVAL)) return ARRIVAL;
    return rules.ends(day).next().done ? LENGTH : null;
  }
  const lastDay = rules.lastDay(day);
  if (start !== "" && (day < start || lastDay < start)) return OUTSIDE;
  for (let stayed = start === "" ? lastDay : start; stayed <= lastDay; stayed = plus(stayed, 1)) {
    if (rules.has(stayed, TAKEN_DAY)) return TAKEN;
  }
  if (start !== "") return unfit(rules, start, day);
  return rules.has(day, NO_DEPARTURE) ? DEPARTURE : null;
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
    this.field.value = day;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.dialog.close();
  }
}

// A form of a house: the last day follows the first one, and the days of the page can be clicked.
function follow(form) {
  const known = rules(form);
  const [start, end] = ["start", "end"].map((name) => form.elements.namedItem(name));
  const cells = [...document.querySelectorAll(".months td.free")];
  const show = () => {
    for (const cell of cells) {
      const date = cell.dataset.day;
      cell.classList.toggle("chosen", date === start.value || (start.value !== "" && date > start.value && date <= end.value));
    }
  };
  const bound = () => {
    const ends = start.value === "" ? [] : [...known.ends(start.value)];
    if (ends.length === 0) return;
    // The shortest stay from this day on, where the other field does not fit any more.
    if (end.value !== "" && end.value <= known.last && !ends.includes(end.value)) end.value = ends[0];
    end.min = ends[0];
  };
  const set = (field, date) => {
    field.value = date;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  for (const cell of cells) {
    cell.dataset.pick = "";
    cell.addEventListener("click", () => {
      const date = cell.dataset.day;
      const isBegun = start.value !== "" && end.value === "";
      if (isBegun && refusal(known, "end", start.value, date) === null) {
        set(end, date);
      } else if (refusal(known, "start", "", date) === null) {
        end.value = "";
        set(start, date);
      }
    });
  }
  start.addEventListener("change", () => {
    bound();
    show();
  });
  end.addEventListener("change", show);
  bound();
  show();
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
for (const form of document.querySelectorAll("form[data-stay]")) follow(form);

// For tests: what can be chosen is what can be booked.
export { refusal, rules };
