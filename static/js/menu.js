// Menus made of <details class="drop"> close at Escape and at a click elsewhere, as menus do.
const close = (except) => {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (menu !== except) menu.open = false;
  }
};
document.addEventListener("click", (event) => close(event.target.closest("details.drop")));
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details.drop[open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
