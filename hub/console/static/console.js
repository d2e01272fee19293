// Says so while the pages that refresh themselves cannot reach the hub.
const offline = document.getElementById("offline");
const show = (lost) => { offline.hidden = !lost; };
document.addEventListener("htmx:sendError", () => show(true));
document.addEventListener("htmx:responseError", () => show(true));
document.addEventListener("htmx:afterOnLoad", () => show(false));
