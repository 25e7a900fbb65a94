document.querySelector("[data-print]").hidden = false;
document.querySelector("[data-print]").addEventListener("click", () => window.print());
