// A long record opens at the first place that is marked.
for (const lines of document.querySelectorAll("[data-show-mark]")) {
  const mark = lines.querySelector(".is-marked");
  if (mark && !location.hash) lines.scrollTop = Math.max(0, mark.offsetTop - lines.offsetTop - 160);
}
