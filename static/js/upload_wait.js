// A form sent while its pictures are going up (upload.js) waits for them, then goes on by itself;
// a picture that is refused meanwhile keeps it here.
const waiting = new Map();

const show = (slot, text) => {
  const line = slot.querySelector("[data-note]");
  line.textContent = text;
  line.hidden = false;
};

// Captured, so that form.js does not yet count it as sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const slots = form.querySelectorAll("[data-slot][data-sending]");
  if (!slots.length) return;
  event.preventDefault();
  event.stopPropagation();
  waiting.set(form, { button: event.submitter, refused: null });
  form.dataset.waits = "";
  const text = slots[0].closest("[data-slots]").dataset.textWaiting;
  document.dispatchEvent(new CustomEvent("toile:say", { detail: { text } }));
  for (const slot of slots) show(slot, text);
}, true);

document.addEventListener("slots:settled", ({ target: form, detail: { slot, refused } }) => {
  const wait = waiting.get(form);
  if (!wait) return;
  if (refused) wait.refused ??= slot;
  if (form.querySelector("[data-sending]")) return;
  waiting.delete(form);
  delete form.dataset.waits;
  if (wait.refused) wait.refused.querySelector("[data-file]").focus();
  else form.requestSubmit(wait.button);
}, true);
