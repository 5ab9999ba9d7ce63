// Judging by a swipe: a finger draws a draft aside. Of two, the drawn one is taken; one by itself goes
// to the button on that side. It only presses what the buttons and keys press; who wants no motion
// sees the button marked, and nothing moves.
const FAR = 64;
const SLOP = 12;
const form = document.getElementById("pair");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let drawn = null;

const buttonFor = (draft, by) => {
  if (draft.matches("button")) return draft;
  return form.querySelector(by < 0 ? "[value=like]" : "[value=skip]");
};
const show = (by) => {
  if (!still.matches) drawn.draft.style.translate = `${by}px`;
  for (const one of form.querySelectorAll("[data-drawn]")) delete one.dataset.drawn;
  if (Math.abs(by) >= FAR) buttonFor(drawn.draft, by).dataset.drawn = "";
};
const end = () => {
  drawn.draft.style.translate = "";
  for (const one of form.querySelectorAll("[data-drawn]")) delete one.dataset.drawn;
  drawn = null;
};

form?.addEventListener("pointerdown", (event) => {
  const draft = event.target.closest(".pair__draft");
  if (!draft || event.pointerType !== "touch" || !event.isPrimary) return;
  drawn = { draft, id: event.pointerId, x: event.clientX, y: event.clientY, isSwipe: false };
});
form?.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drawn?.id) return;
  const by = event.clientX - drawn.x;
  // Up and down belongs to the page, which scrolls.
  if (!drawn.isSwipe && Math.abs(by) > SLOP) {
    drawn.isSwipe = Math.abs(by) > Math.abs(event.clientY - drawn.y);
    if (drawn.isSwipe) drawn.draft.setPointerCapture(drawn.id);
  }
  if (drawn.isSwipe) show(by);
});
form?.addEventListener("pointerup", (event) => {
  if (event.pointerId !== drawn?.id) return;
  const { draft, x, isSwipe } = drawn;
  const by = event.clientX - x;
  end();
  if (isSwipe && Math.abs(by) >= FAR) buttonFor(draft, by).click();
});
form?.addEventListener("pointercancel", () => drawn && end());
if (form && matchMedia("(pointer: coarse)").matches) document.getElementById("pair-swipe").hidden = false;
