// Applies what the socket brings: other people's changes at most twice a second, never under
// the cursor of somebody who is typing, and nothing while the reader has paused.
const EVERY = 500;
const CONTROLS = "form, button, input, select, textarea";
let waiting = new Map(), timer = 0, last = 0, paused = false;

const versionOf = (element) => Number(element.dataset.version ?? -1);

const parse = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
};

const append = (frame) => {
  const list = document.getElementById(frame.id);
  const item = parse(frame.html);
  if (!list || !item || item.querySelector(CONTROLS) || document.getElementById(item.id)) return null;
  // Two that came in the same moment may be announced the other way round.
  const order = Number(item.dataset.order);
  const before = [...list.children].findLast((other) => !(Number(other.dataset.order) > order));
  if (before) before.after(item);
  else list.prepend(item);
  return item;
};

const replace = (frame) => {
  const old = document.getElementById(frame.id);
  if (!old || versionOf(old) >= frame.v) return null;
  if (frame.mode === "text" || frame.fill) {
    if (frame.fill) document.dispatchEvent(new CustomEvent("live:fill", { detail: { ...frame, element: old } }));
    else old.textContent = frame.html;
    old.dataset.version = frame.v;
    return old;
  }
  // A frame is the same for everybody: what somebody may be filling in or pressing is not its.
  const fresh = parse(frame.html);
  if (!fresh || [old, fresh].some((part) => part.matches(CONTROLS) || part.querySelector(CONTROLS))) return null;
  if (old.contains(document.activeElement)) return false;
  fresh.dataset.version = frame.v;
  old.replaceWith(fresh);
  return fresh;
};

const apply = () => {
  timer = 0;
  if (paused) return;
  last = performance.now();
  const frames = waiting;
  waiting = new Map();
  for (const [key, frame] of frames) {
    const done = frame.mode === "append" ? append(frame) : replace(frame);
    if (done === false) waiting.set(key, frame);
    if (!done) continue;
    window.htmx?.process(done);
    done.dispatchEvent(new CustomEvent("live:applied", { bubbles: true, detail: frame }));
    if (frame.say) document.dispatchEvent(new CustomEvent("live:say", { detail: frame.say }));
  }
};

const schedule = () => {
  if (paused || timer || !waiting.size) return;
  timer = setTimeout(() => requestAnimationFrame(apply), Math.max(0, last + EVERY - performance.now()));
};

document.addEventListener("live:frames", ({ detail: { room, frames } }) => {
  for (const frame of frames) {
    const key = frame.mode === "append" ? frame.id + frame.html : frame.id;
    if ((waiting.get(key)?.v ?? -1) < frame.v) waiting.set(key, { ...frame, room });
  }
  schedule();
});
// A right that ended takes along what was heard through it and not shown yet.
document.addEventListener("live:refused", ({ detail }) => {
  for (const [key, frame] of waiting) if (frame.room === detail) waiting.delete(key);
});
document.addEventListener("focusout", () => setTimeout(schedule));
document.addEventListener("live:pause", ({ detail }) => { paused = detail; schedule(); });
