// The sum of what is chosen of the price list, and what was drawn as a quantity of it. Without this script both are
// said once the form has been sent.
const part = document.querySelector("[data-estimate]");
const sum = part.querySelector("[data-sum]");
const boxes = [...part.querySelectorAll("[data-cost]")];
const euros = new Intl.NumberFormat(document.documentElement.lang, {
  style: "currency",
  currency: "EUR",
  trailingZeroDisplay: "stripIfInteger",
});

function reckon() {
  const cents = boxes.reduce((so, box) => so + Number(box.dataset.cost) * (/^\d{1,7}$/.test(box.value.trim()) ? Number(box.value) : 0), 0);
  sum.textContent = euros.format(cents / 100);
}

// A button beside each thing sold by the metre (or square metre) that takes what was drawn.
function offer() {
  for (const button of part.querySelectorAll("[data-use]")) button.remove();
  const measured = document.querySelector("[data-measured]");
  if (!measured) return;
  const { measured: size, unit } = measured.dataset;
  for (const row of part.querySelectorAll(`[data-unit="${unit}"]`)) {
    const box = row.querySelector("[data-cost]");
    const text = part.dataset.textUse.replace("{size}", `${size} ${unit === "m2" ? "m²" : "m"}`);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: text });
    button.dataset.use = "";
    button.addEventListener("click", () => {
      box.value = size;
      reckon();
      box.focus();
    });
    row.append(button);
  }
}

// What the chosen theme usually costs stands open.
document.getElementById("id_theme").addEventListener("change", ({ target }) => {
  const chosen = [...part.querySelectorAll("[data-theme]")].find((one) => one.dataset.theme === target.value);
  if (chosen) chosen.open = true;
});
part.addEventListener("input", reckon);
document.addEventListener("htmx:afterSettle", offer);
reckon();
offer();
