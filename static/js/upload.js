// Sends one picture of a form ahead of it (see slots.js): "slots:send" {file} on its place, then
// "slots:done" or a note with the reason, and "slots:settled" {slot, refused} on the form, which
// carries the id instead of the file (upload_wait.js).
const REFUSED = [400, 413, 422];
const underway = new WeakMap(), names = new WeakMap();
const part = (slot, name) => slot.querySelector(`[data-${name}]`);

const note = (slot, text, wrong = false) => {
  const line = part(slot, "note");
  line.textContent = names.has(slot) ? `${names.get(slot)}: ${text}` : text;
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
  slot.dataset.filled = slot.dataset.sent = "";
  note(slot, box.dataset.textSent);
  slot.dispatchEvent(new CustomEvent("slots:done", { bubbles: true }));
};

const finish = (slot, box, request) => {
  // Another file was chosen in this place meanwhile.
  if (underway.get(slot) !== request) return;
  const form = box.closest("form");
  delete slot.dataset.sending;
  part(slot, "progress").hidden = true;
  const refused = settle(slot, box, request);
  form.dispatchEvent(new CustomEvent("slots:settled", { detail: { slot, refused } }));
};

const settle = (slot, box, request) => {
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* no JSON: the line broke */ }
  if (request.status === 200 && answer.id) return done(slot, box, answer) ?? false;
  // What the server refused is not sent with the form again; what got lost on the way is.
  const refused = REFUSED.includes(request.status);
  if (refused) part(slot, "file").value = "";
  note(slot, answer.error ?? box.dataset.textFailed, true);
  return refused;
};

document.addEventListener("slots:send", ({ target: slot, detail: { file } }) => {
  const box = slot.closest("[data-slots]");
  names.set(slot, file.name);
  delete slot.dataset.sent;
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
    const text = "waits" in box.closest("form").dataset ? box.dataset.textWaiting : box.dataset.textChecked;
    if (underway.get(slot) === request) note(slot, text);
  };
  request.onloadend = () => finish(slot, box, request);
  request.open("POST", box.dataset.upload);
  bar.value = 0;
  bar.hidden = false;
  note(slot, box.dataset.textSending);
  request.send(form);
});
