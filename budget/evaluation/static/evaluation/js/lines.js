// Rows of a cost: one more without asking the server, and their sum while one types.
const list = document.querySelector("[data-lines]");
const total = document.querySelector("[data-lines-total]");
const more = document.querySelector("[data-lines-more]");
const most = Number(list.dataset.most);
const words = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR", trailingZeroDisplay: "stripIfInteger" });

const cents = (text) => {
  const bare = text.replace(/[\s\u00a0\u202f'€]/g, "").replace(",", ".");
  return /^\d{1,13}(\.\d{1,2})?$/.test(bare) ? Math.round(Number(bare) * 100) : 0;
};

function add() {
  const sum = [...list.querySelectorAll("[name=ligne_montant]")].reduce((all, field) => all + cents(field.value), 0);
  total.textContent = words.format(sum / 100);
}

more.addEventListener("click", (event) => {
  event.preventDefault();
  if (list.children.length >= most) return;
  const row = list.lastElementChild.cloneNode(true);
  row.querySelectorAll(".field__error").forEach((one) => one.remove());
  for (const field of row.querySelectorAll("input")) {
    field.value = "";
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  list.append(row);
  row.querySelector("input").focus();
});
list.addEventListener("input", add);
add();
