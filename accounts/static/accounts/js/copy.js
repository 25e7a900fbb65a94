// A button that copies the text beside it. Without this script, or where the browser refuses, the text is selected by hand.
for (const part of document.querySelectorAll("[data-copy]")) {
  const text = part.querySelector("[data-copy-text]");
  const button = part.querySelector("[data-copy-button]");
  text.addEventListener("focus", () => text.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      part.querySelector("[role=status]").textContent = button.dataset.said;
    } catch {
      text.focus();
    }
  });
}
