// Proves a little work before a form is sent (common/proof.py). Begins when the page is there; a form sent before it
// is done waits for it, and leaves by itself.
const KEEPS = 15 * 60 * 1000; // milliseconds a proof is fresh: less than the server gives it

for (const box of document.querySelectorAll("[data-proof]:not([data-proof-started])")) start(box);

function start(box) {
  box.dataset.proofStarted = "";
  const input = box.querySelector("input");
  const said = box.querySelector("[role=status]");
  const form = input.form;
  let under; // the proof being made
  let made = 0; // when it was done

  const prove = () => (under ??= solve(box.dataset)
    .then((solution) => {
      [input.value, made] = [solution, Date.now()];
      said.textContent = box.dataset.done;
    })
    .catch(() => {
      input.value = "";
      said.textContent = box.dataset.failed;
    })
    .finally(() => (under = undefined)));

  const begin = () => {
    said.textContent = box.dataset.busy;
    return prove();
  };

  let leaving = false;
  form.addEventListener("submit", async (event) => {
    if (leaving || (input.value && Date.now() - made < KEEPS)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await begin();
    leaving = true;
    form.requestSubmit(event.submitter);
    leaving = false;
  }, { capture: true });

  // The page that "back" shows again holds a proof that is spent.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) input.value = "";
  });
  begin();
}

async function solve({ proof, worker }) {
  const solver = new Worker(worker, { type: "module" });
  try {
    const solution = await new Promise((resolve, reject) => {
      solver.addEventListener("message", ({ data }) => resolve(data));
      solver.addEventListener("error", reject);
      solver.postMessage(new URL(proof, location.href).href);
    });
    if (solution === null) throw new Error("no proof");
    return solution;
  } finally {
    solver.terminate();
  }
}
