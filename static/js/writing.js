// While somebody writes: the others hear of it, and what is typed outlives a reload or a crash.
const AGAIN = 3000;
let told = -AGAIN;
const boxOf = (target) => target.closest?.(".talk__form textarea, .placing textarea");
const keyOf = (box) => `text ${box.form.action} ${box.id}`;

document.addEventListener("input", ({ target }) => {
  const box = boxOf(target);
  if (!box) return;
  if (box.value) sessionStorage.setItem(keyOf(box), box.value);
  else sessionStorage.removeItem(keyOf(box));
  const room = box.closest(".talk[data-live]")?.dataset.live;
  if (!room || performance.now() - told < AGAIN) return;
  told = performance.now();
  const detail = { key: "typing", ask: { typing: room }, done() {} };
  document.dispatchEvent(new CustomEvent("live:ask", { detail }));
});

const restore = () => {
  for (const box of document.querySelectorAll(".talk__form textarea, .placing textarea")) {
    if (!box.value || box.value === box.defaultValue) box.value = sessionStorage.getItem(keyOf(box)) ?? box.value;
  }
};
restore();
document.addEventListener("htmx:load", restore);

// It has been taken: the next text begins empty. A refusal brings the text back by itself.
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  const box = detail.requestConfig.elt.querySelector?.("textarea");
  if (box && boxOf(box) && detail.xhr.status < 300) sessionStorage.removeItem(keyOf(box));
});
document.addEventListener("submit", ({ target }) => {
  const box = target.querySelector(".placing textarea");
  if (box) sessionStorage.removeItem(keyOf(box));
});
