// Judging in pairs. An answer goes by the page's socket and the next question, pictures and all, is
// there already; what comes back is the one after it. Without a socket or an answer the form is
// sent as it would be without a script, with the same key.
const form = document.getElementById("pair");
const ahead = document.getElementById("pair-ahead");
let asking = false, waiting = null, plain = false;

const now = () => form.querySelector("[data-question]");
const parsed = (html) => document.createRange().createContextualFragment(html).firstElementChild;
const problem = (text) => {
  document.getElementById("pair-problem").textContent = text;
  if (text) document.dispatchEvent(new CustomEvent("toile:say", { detail: { text, urgent: true } }));
};

// The second half of a double tap must not answer what has just come under the finger.
const focus = () => {
  form.querySelector(".pair__ask").focus({ preventScroll: true });
  form.dataset.fresh = "";
  setTimeout(() => delete form.dataset.fresh, 250);
};
// Put a question in place of the one that shows, which waits behind it.
const put = (question) => {
  const shown = now();
  if (shown === question) return;
  shown.replaceWith(question);
  ahead.replaceChildren(shown);
  focus();
};

const settle = (answer, question, button, undo) => {
  asking = false;
  const press = waiting;
  waiting = null;
  if (answer?.refused) {
    if (!undo) put(question);
    return problem(answer.text);
  }
  if (!answer?.html) {
    plain = true;
    return put(question), form.requestSubmit(button);
  }
  document.getElementById("pair-progress").replaceWith(parsed(answer.progress));
  if (undo) put(parsed(answer.html));
  else ahead.replaceChildren(parsed(answer.html));
  // Undo means the answer that has just been counted, which the new button names.
  if (press) send(press.name === "undo" ? form.querySelector("[name=undo]") : press);
};

const send = (button) => {
  const question = now(), undo = button.name === "undo";
  problem("");
  asking = true;
  const key = undo ? button.value.split(" ")[2] : question.querySelector("[name=client_key]").value;
  const comparison = { key, round: Number(form.dataset.round), seen: form.elements.seen?.value ?? "" };
  if (undo) comparison.undo = button.value;
  else {
    const after = ahead.firstElementChild;
    Object.assign(comparison, { question: question.dataset.question, answer: button.value, ahead: after.dataset.question });
    question.replaceWith(after);
    focus();
  }
  const done = (answer) => settle(answer, question, button, undo);
  document.dispatchEvent(new CustomEvent("live:ask", { detail: { key, ask: { comparison }, done } }));
};

if (form) {
  ahead.append(...document.getElementById("pair-next").content.children);
  if (document.activeElement === document.body && !location.hash) focus();
  form.addEventListener("submit", (event) => {
    if (plain) return;
    event.preventDefault();
    if (asking) waiting = event.submitter;
    else send(event.submitter);
  });
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const button = [...form.querySelectorAll("[data-keys]")].find((one) => one.dataset.keys.split(" ").includes(event.key));
    if (button) return event.preventDefault(), button.click();
  });
}
