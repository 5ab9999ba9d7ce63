// Conversations: how many comments came while one was reading, and forms that can be put away.
const SAY_EVERY = 15000;
const fresh = new Map();
const saidAt = new Map();

const words = (pill, number) =>
  number === 1 ? pill.dataset.one : pill.dataset.many.replace("{number}", number);

const show = (pill, items) => {
  pill.hidden = !items.length;
  if (!items.length) return;
  const link = pill.querySelector("a");
  link.textContent = words(pill, items.length);
  link.href = `#${items[0].id}`;
};

const tell = (thread, pill) => {
  const wait = (saidAt.get(thread) ?? -SAY_EVERY) + SAY_EVERY - performance.now();
  if (wait > 0) return;
  saidAt.set(thread, performance.now());
  const text = words(pill, fresh.get(thread).length);
  document.dispatchEvent(new CustomEvent("live:say", { detail: text }));
};

// A comment whose place is in view has been seen; the others wait behind the pill.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    seen.unobserve(entry.target);
    for (const [thread, items] of fresh) {
      const left = items.filter((item) => item !== entry.target);
      if (left.length === items.length) continue;
      fresh.set(thread, left);
      const pill = document.querySelector(`[data-new-comments="${thread}"]`);
      if (pill) show(pill, left);
    }
  }
});

document.addEventListener("live:applied", (event) => {
  const row = event.target.closest?.(".talk__row");
  const thread = row && row === event.target && row.closest(".talk")?.id.split("-")[1];
  const pill = thread && document.querySelector(`[data-new-comments="${thread}"]`);
  if (!pill) return;
  fresh.set(thread, [...(fresh.get(thread) ?? []), row]);
  show(pill, fresh.get(thread));
  tell(thread, pill);
  seen.observe(row);
});

// A list that came back whole (after one's own comment) has other elements for what is unread.
const renew = ({ target }) => {
  const talk = target.closest?.(".talk");
  const pill = talk?.querySelector("[data-new-comments]");
  if (!pill || target.matches(".talk__row, .talk__row *")) return;
  const items = fresh.get(pill.dataset.newComments) ?? [];
  const left = items.map(({ id }) => document.getElementById(id)).filter(Boolean);
  fresh.set(pill.dataset.newComments, left);
  show(pill, left);
  for (const item of left) seen.observe(item);
};
document.addEventListener("htmx:load", renew);
document.addEventListener("live:applied", renew);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-clear]");
  const slot = link && document.getElementById(link.dataset.clear);
  if (!slot?.firstElementChild) return;
  slot.replaceChildren();
  const owner = document.getElementById(slot.id.replace("-slot", ""));
  owner?.querySelector(".comment__foot a")?.focus();
  if (!link.href.includes("#comment-") || link.matches(".btn--quiet")) event.preventDefault();
});

// Answers that refuse something bring the form back with the reason: they are shown, too.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (![409, 422, 429].includes(detail.xhr.status)) return;
  detail.shouldSwap = true;
  detail.isError = false;
});
