// The proof of work of a site that demands one with each message: it is computed in a worker from the moment when the
// page is there. A form that is sent earlier waits, says so, and is then sent by itself.
const form = document.querySelector("form[data-challenge]");
const field = form.elements.namedItem("proof_of_work");
const button = form.querySelector("button");
const status = form.querySelector("[role=status]");
const { challenge, salt, signature, maxnumber } = form.dataset;

let waits = false;

function fail() {
  button.disabled = true;
  status.textContent = status.dataset.fails;
}

function solved(number) {
  if (number === null) return fail();
  field.value = btoa(JSON.stringify({ algorithm: "SHA-256", challenge, number, salt, signature }));
  if (!waits) return;
  button.disabled = false;
  status.textContent = "";
  form.requestSubmit();
}

// Before the listener of site.js, which counts a form that was held back as sent.
form.addEventListener("submit", (event) => {
  if (field.value !== "") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waits = true;
  status.textContent = status.dataset.waits;
}, { capture: true });

if (globalThis.crypto?.subtle === undefined) {
  fail();
} else {
  const worker = new Worker(form.dataset.worker);
  worker.addEventListener("message", ({ data }) => solved(data));
  worker.addEventListener("error", fail);
  worker.postMessage({ challenge, salt, maxnumber: Number(maxnumber) });
}
