// The button beside an address puts it on the clipboard (without a clipboard there is none); and what one needs only
// where pages do not change by themselves goes.

function prepare(root) {
  for (const one of root.querySelectorAll("[data-without-script]")) one.hidden = true;
  if (!navigator.clipboard) return;
  for (const group of root.querySelectorAll("[data-copy]")) {
    const button = group.querySelector("button");
    const input = group.querySelector("input");
    const said = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(input.value);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = said), 2000);
    });
  }
}

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));
