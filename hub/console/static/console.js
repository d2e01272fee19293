// Says so while the pages that refresh themselves cannot reach the hub.
const offline = document.getElementById("offline");
const show = (lost) => { offline.hidden = !lost; };
document.addEventListener("htmx:sendError", () => show(true));
document.addEventListener("htmx:responseError", () => show(true));
document.addEventListener("htmx:afterOnLoad", () => show(false));

// The switch of light and dark: as the system says, light, dark, and round again.
const themes = ["auto", "light", "dark"];
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(document.documentElement.dataset.hubTheme) + 1) % themes.length];
    try {
      if (next === "auto") localStorage.removeItem("hub-theme"); else localStorage.setItem("hub-theme", next);
    } catch { return; }
    apply();
  });
}
