// Buttons and sums of one's own travel in no frame. When what an element follows has come to
// another phase, the page fetches that part of itself: once, and not everybody in one moment.
const SPREAD = 3000;
let paused = false;
let pressed = 0;

const isBusy = (element) =>
  document.querySelector(element.getAttribute("hx-target"))?.contains(document.activeElement);

const renew = (element) => {
  if (!element.isConnected) return;
  // Never under the cursor, and nothing while the reader has paused.
  if (isBusy(element) || paused) return later(element);
  element.asked = pressed;
  window.htmx?.trigger(element, "renew");
};

const later = (element) => {
  clearTimeout(element.soon);
  element.soon = setTimeout(renew, SPREAD * Math.random(), element);
};

document.addEventListener("live:applied", ({ target }) => {
  const { phase } = target.dataset;
  for (const element of document.querySelectorAll("[data-follows]")) {
    if (element.dataset.follows !== target.id || element.dataset.phase === phase) continue;
    element.dataset.phase = phase;
    if (!element.dataset.except?.split(" ").includes(phase)) later(element);
  }
});
document.addEventListener("click", () => { pressed += 1; }, true);
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const element = detail.requestConfig?.elt;
  if (!element?.matches("[data-follows]")) return;
  // What was pressed meanwhile is not in this answer: ask again.
  if (element.asked === pressed && !isBusy(element)) return;
  detail.shouldSwap = false;
  later(element);
});
document.addEventListener("live:pause", ({ detail }) => { paused = detail; });
