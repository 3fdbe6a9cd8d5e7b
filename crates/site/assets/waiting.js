// Waits for a payment: asks for the page now and then, and shows it anew once it says something else. Without scripts the
// page loads itself again.
const PAUSES = [2, 2, 3, 3, 5, 5, 10].map((seconds) => seconds * 1000);
const known = document.querySelector("[data-waiting]")?.dataset.waiting;
let [asked, timer] = [0, 0];

const ask = async () => {
  clearTimeout(timer);
  try {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = page.querySelector("[data-waiting]")?.dataset.waiting;
    if (response.redirected) return location.replace(response.url);
    if (response.ok && now !== known) return location.replace(location.pathname);
  } catch {
    // The connection may come back.
  }
  asked += 1;
  if (!document.hidden) timer = setTimeout(ask, PAUSES[Math.min(asked, PAUSES.length - 1)]);
};

if (known !== undefined) {
  timer = setTimeout(ask, PAUSES[0]);
  // The guest comes back from the telephone or from another tab.
  document.addEventListener("visibilitychange", () => document.hidden || ask());
}
