// Finds the number whose SHA-256, after the salt, is the challenge; posts it, or null where there is none.
const encoder = new TextEncoder();
const BATCH = 256; // digests under way at once: each alone would mostly wait

async function solve({ challenge, salt, maxNumber }) {
  const wanted = challenge.match(/../g).map((pair) => parseInt(pair, 16));
  const solves = async (number) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(salt + number)));
    return wanted.every((byte, at) => byte === digest[at]);
  };
  for (let start = 0; start <= maxNumber; start += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, maxNumber - start + 1) }, (_none, index) => start + index);
    const found = (await Promise.all(numbers.map(solves))).indexOf(true);
    if (found >= 0) return start + found;
  }
  return null;
}

// Without HTTPS a browser has no crypto.subtle.
addEventListener("message", ({ data }) => solve(data).then(postMessage, () => postMessage(null)));
