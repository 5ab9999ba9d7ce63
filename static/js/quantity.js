// The minus and plus beside a number; without a script the number's own field is enough.
const step = (button) => {
  const input = button.parentElement.querySelector("input");
  if (button.value === "1") input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
};
document.addEventListener("click", (event) => {
  const button = event.target.closest(".quantity button");
  if (button) step(button);
});
const show = (root) => root.querySelectorAll(".quantity button[hidden]").forEach((b) => { b.hidden = false; });
show(document);
document.addEventListener("htmx:load", (event) => show(event.target));
