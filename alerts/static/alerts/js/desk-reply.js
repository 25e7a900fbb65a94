// A usual answer goes into the message at once; without this script the page comes back with it.
const form = document.querySelector("[data-reply]");
const part = form.querySelector("[data-templates]");

part?.querySelector("button").addEventListener("click", (event) => {
  event.preventDefault();
  const { text, act } = part.querySelector("select").selectedOptions[0].dataset;
  const message = form.elements.message;
  message.value = [message.value.trim(), text].filter(Boolean).join("\n\n");
  const chosen = [...form.querySelectorAll("[name=act]")];
  if (act && !chosen.some((one) => one.checked)) {
    const wanted = chosen.find((one) => one.value === act);
    if (wanted) wanted.checked = true;
  }
  message.focus();
});
