// The work that common/proof.py asks for; gives `self.proofOfWork(address)`. A plain script, as pages, their workers
// and the service worker all do it.
(() => {
  const encoder = new TextEncoder();
  const BATCH = 256; // digests under way at once: each alone would mostly wait

  // The number whose SHA-256, after the salt, is the challenge. Without HTTPS a browser has no crypto.subtle.
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
    throw new Error("no number solves it");
  }

  // What a form sends as its proof, for a challenge fetched at that address.
  self.proofOfWork = async (address) => {
    const response = await fetch(address, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`${response.status}`);
    const given = await response.json();
    const { algorithm, challenge, salt, signature } = given;
    return btoa(JSON.stringify({ algorithm, challenge, number: await solve(given), salt, signature }));
  };
})();
