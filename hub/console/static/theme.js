// Light or dark, before the first paint: as the person chose, else as the system says. Bootstrap reads data-bs-theme.
const dark = matchMedia("(prefers-color-scheme: dark)");
const kept = () => { try { return localStorage.getItem("hub-theme"); } catch { return null; } };  // none inside other sites
const apply = () => {
  const chosen = kept();
  document.documentElement.dataset.hubTheme = chosen || "auto";
  document.documentElement.dataset.bsTheme = chosen || (dark.matches ? "dark" : "light");
};
apply();
dark.addEventListener("change", apply);
