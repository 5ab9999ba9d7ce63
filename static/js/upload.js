// Sends one picture of a form ahead of it (see slots.js): "slots:send" {file} on its place, then
// "slots:done" or a note with the reason. The form carries the id instead of the file, so it
// waits for uploads that are under way; one that is refused meanwhile keeps the form here.
const REFUSED = [400, 413, 422];
const underway = new WeakMap();
const waiting = new Map();
const part = (slot, name) => slot.querySelector(`[data-${name}]`);

const note = (slot, text, wrong = false) => {
  const line = part(slot, "note");
  line.textContent = text;
  line.hidden = !text;
  slot.classList.toggle("slot--wrong", wrong);
};

const done = (slot, box, answer) => {
  const image = document.createElement("img");
  image.src = answer.url;
  image.alt = "";
  part(slot, "view").replaceChildren(image);
  part(slot, "id").value = answer.id;
  part(slot, "file").value = "";
  slot.dataset.filled = "";
  note(slot, box.dataset.textSent);
  slot.dispatchEvent(new CustomEvent("slots:done", { bubbles: true }));
};

const goOn = (form) => {
  if (!waiting.has(form) || form.querySelector("[data-sending]")) return;
  const { button, refused } = waiting.get(form);
  waiting.delete(form);
  if (refused) part(refused, "file").focus();
  else form.requestSubmit(button);
};

const finish = (slot, box, request) => {
  // Another file was chosen in this place meanwhile.
  if (underway.get(slot) !== request) return;
  const form = box.closest("form");
  delete slot.dataset.sending;
  part(slot, "progress").hidden = true;
  settle(slot, box, request, form);
  goOn(form);
};

const settle = (slot, box, request, form) => {
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* no JSON: the line broke */ }
  if (request.status === 200 && answer.id) return done(slot, box, answer);
  // What the server refused is not sent with the form again; what got lost on the way is.
  if (REFUSED.includes(request.status)) {
    part(slot, "file").value = "";
    if (waiting.has(form)) waiting.get(form).refused ??= slot;
  }
  note(slot, answer.error ?? box.dataset.textFailed, true);
};

document.addEventListener("slots:send", ({ target: slot, detail: { file } }) => {
  const box = slot.closest("[data-slots]");
  if (file.size > Number(box.dataset.mostBytes)) {
    part(slot, "file").value = "";
    return note(slot, box.dataset.textLarge, true);
  }
  const form = new FormData();
  form.append("csrfmiddlewaretoken", box.closest("form").elements.csrfmiddlewaretoken.value);
  form.append("id", part(slot, "id").value);
  form.append("file", file);
  const bar = part(slot, "progress");
  const request = new XMLHttpRequest();
  const before = underway.get(slot);
  underway.set(slot, request);
  before?.abort();
  slot.dataset.sending = "";
  request.upload.onprogress = (event) => { bar.value = (event.loaded / event.total) * 100; };
  request.upload.onload = () => {
    const text = waiting.has(box.closest("form")) ? box.dataset.textWaiting : box.dataset.textChecked;
    if (underway.get(slot) === request) note(slot, text);
  };
  request.onloadend = () => finish(slot, box, request);
  request.open("POST", box.dataset.upload);
  bar.value = 0;
  bar.hidden = false;
  note(slot, file.name);
  request.send(form);
});

// Captured, so that form.js does not yet count it as sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const slots = form.querySelectorAll("[data-slot][data-sending]");
  if (!slots.length) return;
  event.preventDefault();
  event.stopPropagation();
  waiting.set(form, { button: event.submitter, refused: null });
  const text = slots[0].closest("[data-slots]").dataset.textWaiting;
  document.dispatchEvent(new CustomEvent("toile:say", { detail: { text } }));
  for (const slot of slots) note(slot, text);
}, true);
