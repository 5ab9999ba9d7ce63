// A press on a vote control goes by the page's socket: shown at once, corrected when the server
// says otherwise. Without a socket or an answer htmx sends the form that the press stands for,
// with the same key, so that a press is never counted twice. Where a press moves more than its own
// control (a budget, an order), the form names no round and is what is sent.
const form = document.getElementById("vote");

const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const say = (text, urgent) => document.dispatchEvent(new CustomEvent("toile:say", { detail: { text, urgent } }));
const tell = (name) => document.dispatchEvent(new CustomEvent(name));
const put = (place, html) => htmx.swap(place, html, { swapStyle: "outerHTML" });

// What hangs on the ballot as a whole: the scores that show, and the notice of held votes.
const refresh = () => {
  const shown = form.elements.shown?.value ?? "";
  htmx.ajax("GET", `${form.dataset.mine}?shown=${shown}`, { swap: "none" });
};

const refuse = (id, before, text) => {
  put(document.getElementById(id), before);
  const note = document.createElement("p");
  note.className = "vote__note";
  note.textContent = text;
  const control = document.getElementById(id);
  control.classList.add("vote--failed");
  control.append(note);
  say(text, true);
};

const settle = ({ html, text, marks, held }) => {
  for (const one of html) {
    const place = document.getElementById(one.match(/id="(entry-\d+-vote)"/)[1]);
    if (place) put(place, one);
  }
  say(text, false);
  const title = document.getElementById("round-held-title");
  if (held && title) title.textContent = held;
  if (marks <= 1 || (held !== undefined && !title)) refresh();
  if (marks === 1) tell("live:rejoin");
};

const send = (button, byForm) => {
  const control = button.closest(".vote"), before = control.outerHTML;
  // As htmx marks a button whose answer is on its way: ballot.js keeps the next press until then.
  button.classList.add("htmx-request");
  if (button.ariaPressed) button.ariaPressed = String(button.ariaPressed !== "true");
  const key = button.dataset.key = newKey();
  const ballot = { key, round: Number(form.dataset.round), choice: button.value, seen: form.elements.seen?.value ?? "" };
  const done = (answer) => {
    button.classList.remove("htmx-request");
    if (answer?.html) return settle(answer);
    if (answer?.refused) return refuse(control.id, before, answer.text);
    // A first vote brings the cookie by which the next socket knows its guest.
    if (answer?.form) document.addEventListener("htmx:afterSettle", () => tell("live:renew"), { once: true });
    byForm(true);
  };
  document.dispatchEvent(new CustomEvent("live:ask", { detail: { key, ask: { ballot }, done } }));
};

const isPress = (element) => form?.dataset.round && element.name === "choice" && element.form === form;

document.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest } = event.detail;
  if (!isPress(elt)) return;
  event.preventDefault();
  send(elt, issueRequest);
});
document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  if (isPress(elt)) parameters.client_key = elt.dataset.key;
});
