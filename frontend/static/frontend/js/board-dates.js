// Who types dates wants them to be the period.
const form = document.querySelector(".board__controls");
form.addEventListener("input", ({ target }) => {
  if (target.type === "date" && target.value) form.elements.periode.value = "dates";
});
