// A press while the answer to the one before it is on its way: the answer brings new buttons, and
// a second answer would look for its place among the old ones. So it waits for its successor.
const waiting = new Map();

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".vote button[hx-post]");
    const place = button?.closest(".vote");
    if (!place?.querySelector(".htmx-request")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(place.id, button.id);
  },
  true,
);

document.addEventListener("htmx:afterSettle", ({ target }) => {
  const next = waiting.get(target.id);
  if (!next) return;
  waiting.delete(target.id);
  document.getElementById(next)?.click();
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) waiting.delete(detail.target?.id);
});
