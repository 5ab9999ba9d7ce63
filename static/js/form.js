// After a form came back with problems: say how many, and go to the list of them.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
  const detail = { text: summary.querySelector("h2").textContent.trim(), urgent: true };
  document.dispatchEvent(new CustomEvent("toile:say", { detail }));
}

// <form data-once>: while it is on its way it is not sent twice. The server refuses a second
// one anyway; this only spares the person its answer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.once === undefined) return;
  if (form.dataset.sending) event.preventDefault();
  form.dataset.sending = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
});
document.addEventListener("htmx:afterRequest", (event) => {
  delete event.target.closest("form")?.dataset.sending;
});
