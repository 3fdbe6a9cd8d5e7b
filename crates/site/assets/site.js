// What is more comfortable with scripts. Every page works without them.

// The days of a stay: no day before today, none that ends before it begins.
const iso = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

for (const start of document.querySelectorAll('input[type="date"][name="start"]')) {
  const end = start.form?.elements.namedItem("end");
  if (!end) continue;
  start.min = iso(new Date());
  const follow = () => {
    end.min = start.value || start.min;
    if (start.value && end.value && end.value < start.value) end.value = start.value;
  };
  start.addEventListener("change", follow);
  follow();
}

// Pictures are sorted by dragging; the numbers of the form follow.
const thumbs = document.querySelector("#order .thumbs");
if (thumbs) {
  let dragged = null;
  thumbs.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("a")?.closest("li") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  thumbs.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest("li");
    if (!over || over === dragged) return;
    const follows = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    over[follows ? "after" : "before"](dragged);
  });
  thumbs.addEventListener("drop", (event) => event.preventDefault());
  thumbs.addEventListener("dragend", () => {
    dragged = null;
    thumbs.querySelectorAll('input[name^="place-"]').forEach((place, index) => (place.value = index + 1));
  });
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

// A form is sent once; the button works again when the browser comes back to the page.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("button[disabled]").forEach((button) => (button.disabled = false));
});
