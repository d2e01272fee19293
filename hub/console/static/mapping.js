// The editor of a mapping: numbers beside the lines, links that lead to a line, and a draft that outlives the page.
{
  const area = document.getElementById("text");
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  area.before(gutter);

  const number = () => {
    const count = area.value.split("\n").length;
    if (gutter.childElementCount === count) return;
    gutter.replaceChildren(...Array.from({ length: count }, (_, at) => {
      const line = document.createElement("div");
      line.textContent = String(at + 1);
      return line;
    }));
  };

  const goTo = (line) => {
    const lines = area.value.split("\n");
    const at = Math.min(Math.max(line, 1), lines.length) - 1;
    const start = lines.slice(0, at).reduce((length, text) => length + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + lines[at].length);
    const height = area.scrollHeight / lines.length;
    area.scrollTop = Math.max(0, height * (at - 6));
    gutter.scrollTop = area.scrollTop;
  };

  area.addEventListener("input", number);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  for (const link of document.querySelectorAll("[data-go-to]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); goTo(Number(link.dataset.goTo)); });
  }
  number();
  if (Number(area.dataset.line) > 1) goTo(Number(area.dataset.line));

  // Whoever leaves with something unsaved is asked first; sending the form is not leaving.
  const begun = area.value;
  let sending = false;
  area.form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && area.value !== begun) event.preventDefault();
  });
}
