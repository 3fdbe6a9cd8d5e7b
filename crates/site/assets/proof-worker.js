// Looks for the number whose SHA-256 behind the salt is the challenge. It gets {challenge, maxnumber, salt} and posts
// the number, or null where there is none or the browser cannot hash.
const BATCH = 512;

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function search({ challenge, maxnumber, salt }) {
  const encoder = new TextEncoder();
  for (let first = 0; first <= maxnumber; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, maxnumber - first + 1) }, (_, offset) => first + offset);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(salt + number))),
    );
    const found = digests.findIndex((digest) => hex(digest) === challenge);
    if (found >= 0) return numbers[found];
  }
  return null;
}

addEventListener("message", ({ data }) => {
  search(data).then(postMessage, () => postMessage(null));
});
