// When the news that a round is over or paused reaches an open page, its vote controls rest with
// it, and go on with it. The server refuses such a ballot anyway; this spares a press for nothing.
const NOTE = "vote__note--phase";
const OVER = ["counting", "closed", "cancelled"];

const lineOf = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });

function rest(control, form, text) {
  const buttons = control.querySelectorAll(`:is(button, input)[form="${form.id}"]`);
  if (!buttons.length) return;
  control.querySelector(`.${NOTE}`)?.remove();
  for (const button of buttons) button.disabled = Boolean(text);
  if (!text) return;
  if (text === form.dataset.over) for (const stale of control.querySelectorAll(".vote__note")) stale.remove();
  control.append(lineOf("p", `vote__note ${NOTE}`, text));
}

// No address is asked for a vote that cannot count any more, and no score comes after a vote now:
// the link to the result stands where it would have stood.
function end(phase, link) {
  const held = document.querySelector(".held-place:has(.held)");
  held?.replaceChildren(lineOf("p", "message", held.getAttribute(`data-${phase === "cancelled" ? phase : "closed"}`)));
  for (const line of document.querySelectorAll(".tally__hidden")) {
    line.replaceChildren(...(link ? [link.cloneNode(true)] : []));
  }
}

document.addEventListener("live:applied", ({ target }) => {
  const form = document.querySelector("form[data-ends-with]");
  if (form?.dataset.endsWith !== target.id) return;
  const { over, paused } = form.dataset;
  const { phase } = target.dataset;
  const text = { counting: over, closed: over, cancelled: over, paused }[phase];
  for (const control of document.querySelectorAll(".vote")) rest(control, form, text);
  if (OVER.includes(phase)) end(phase, phase === "closed" && target.querySelector("a"));
});
