// Runs before the first paint: light or dark as chosen, else as the system says.
(() => {
  const key = "stragan-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem(key) || "";
    } catch {
      return ""; // storage may be forbidden; the system's choice still works
    }
  };
  const apply = () => {
    const choice = chosen();
    document.documentElement.dataset.bsTheme = choice || (system.matches ? "dark" : "light");
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
      button.classList.toggle("active", button.dataset.themeChoice === choice);
    }
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    try {
      if (button.dataset.themeChoice) localStorage.setItem(key, button.dataset.themeChoice);
      else localStorage.removeItem(key);
    } catch {
      document.documentElement.dataset.bsTheme = button.dataset.themeChoice || "light";
      return;
    }
    apply();
  });
})();
