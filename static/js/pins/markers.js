// A marker leads to its remark in the conversation, where that is on the page; and the pin's
// number there to its marker.
const show = (element, target) => {
  target.scrollIntoView({ block: "center" });
  for (const old of document.querySelectorAll("[data-shown]")) delete old.dataset.shown;
  element.dataset.shown = target.dataset.shown = "";
  target.querySelector("a")?.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest("[data-pin]");
  const remark = link && document.getElementById(link.dataset.pin);
  const marker = event.target.closest(".comment__head .pin-tag") && document.querySelector(`[data-pin="${event.target.closest(".comment").id}"]`);
  if (!remark && !marker) return;
  event.preventDefault();
  if (remark) show(link.closest(".pin"), remark);
  else show(event.target.closest(".comment"), marker.closest(".pin"));
});
