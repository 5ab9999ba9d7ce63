// When the news that a round is over reaches an open page, its vote controls end with it. The
// server refuses a later ballot anyway; this spares the person pressing a button for nothing.
const OVER = ["closed", "cancelled"];

document.addEventListener("live:applied", ({ target }) => {
  const form = document.querySelector("form[data-ends-with]");
  if (form?.dataset.endsWith !== target.id || !OVER.includes(target.dataset.roundState)) return;
  for (const control of document.querySelectorAll(".vote")) {
    const buttons = control.querySelectorAll(`button[form="${form.id}"]`);
    if (!buttons.length) continue;
    for (const button of buttons) button.disabled = true;
    for (const stale of control.querySelectorAll(".vote__note")) stale.remove();
    const note = document.createElement("p");
    note.className = "vote__note";
    note.textContent = form.dataset.over;
    control.append(note);
  }
});
