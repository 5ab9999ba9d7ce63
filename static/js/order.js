// Dragging in one's order of drafts. The list stands on its own: arrows and the place's select do
// the same; a drop only chooses the new place in that select, which sends it.
let item = null, start = 0;

const items = () => [...item.parentNode.querySelectorAll("[data-item]")];

const put = (y) => {
  const below = items().find((other) => {
    const box = other.getBoundingClientRect();
    return other !== item && y < box.top + box.height / 2;
  });
  if (below) below.before(item);
  else item.parentNode.append(item);
};

const end = (keep) => {
  if (!item) return;
  const list = items();
  const place = list.indexOf(item);
  item.classList.remove("order__item--held");
  if (!keep) {
    const others = list.filter((other) => other !== item);
    if (others[start]) others[start].before(item);
    else item.parentNode.append(item);
  } else if (place !== start) {
    const select = item.querySelector("select");
    select.selectedIndex = place;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  item = null;
};

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  item = grip.closest("[data-item]");
  start = items().indexOf(item);
  item.classList.add("order__item--held");
  grip.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", ({ clientY }) => { if (item) put(clientY); });
document.addEventListener("pointerup", () => end(true));
document.addEventListener("pointercancel", () => end(false));
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") end(false); });
