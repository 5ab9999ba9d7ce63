// When the news that a round is over or paused reaches an open page, its vote controls rest with
// it, and go on with it. The server refuses such a ballot anyway; this spares a press for nothing.
const NOTE = "vote__note--phase";

function rest(control, form, text) {
  const buttons = control.querySelectorAll(`button[form="${form.id}"]`);
  if (!buttons.length) return;
  control.querySelector(`.${NOTE}`)?.remove();
  for (const button of buttons) button.disabled = Boolean(text);
  if (!text) return;
  if (text === form.dataset.over) for (const stale of control.querySelectorAll(".vote__note")) stale.remove();
  const note = document.createElement("p");
  note.className = `vote__note ${NOTE}`;
  note.textContent = text;
  control.append(note);
}

document.addEventListener("live:applied", ({ target }) => {
  const form = document.querySelector("form[data-ends-with]");
  if (form?.dataset.endsWith !== target.id) return;
  const { over, paused } = form.dataset;
  const state = target.dataset.roundState;
  const text = { closed: over, cancelled: over, paused }[state];
  for (const control of document.querySelectorAll(".vote")) rest(control, form, text);
  if (state === "open") document.querySelector("[data-resumed]")?.removeAttribute("hidden");
});
