// Runs before the first paint, so that no page flashes in the wrong colours. The choice stays on this device.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is switched off
    }
  }

  function show() {
    root.dataset.theme = chosen() ?? (system.matches ? "dark" : "light");
    root.dispatchEvent(new CustomEvent("parvis:theme"));
  }

  function choose(theme) {
    try {
      if (theme === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      root.dataset.theme = theme === "system" ? "light" : theme;
      return;
    }
    show();
  }

  show();
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("[data-theme-switch]")) {
      select.value = chosen() ?? "system";
      select.closest("[hidden]")?.removeAttribute("hidden");
      select.addEventListener("change", () => choose(select.value));
    }
  });
})();
