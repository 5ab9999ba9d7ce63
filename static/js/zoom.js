// A picture looked at closely, in the page's <dialog id="zoom">; without a script, a link to it.
let scale = 1, x = 0, y = 0, picture = null, held = null;

const draw = () => {
  const room = Math.max(0, (scale - 1) / 2) * 100;
  x = Math.min(room, Math.max(-room, x));
  y = Math.min(room, Math.max(-room, y));
  picture?.style.setProperty("transform", `translate(${x}%, ${y}%) scale(${scale})`);
};
const by = (factor) => { scale = Math.min(8, Math.max(1, scale * factor)); draw(); };
const move = (right, down) => { x += right; y += down; draw(); };

const open = (link, dialog) => {
  picture = document.createElement("img");
  picture.src = link.href;
  picture.alt = link.dataset.alt ?? "";
  picture.draggable = false;
  dialog.querySelector(".zoom__stage").replaceChildren(picture);
  [scale, x, y] = [1, 0, 0];
  dialog.showModal();
  dialog.querySelector(".zoom__stage").focus();
};

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest("[data-zoom]");
  const dialog = link && document.getElementById(link.dataset.zoom);
  if (dialog) {
    event.preventDefault();
    open(link, dialog);
  }
  const button = event.target.closest("[data-zoom-by]");
  if (button) by(Number(button.dataset.zoomBy));
});

const KEYS = {
  "+": () => by(1.5), "=": () => by(1.5), "-": () => by(1 / 1.5), 0: () => by(0),
  ArrowLeft: () => move(10, 0), ArrowRight: () => move(-10, 0),
  ArrowUp: () => move(0, 10), ArrowDown: () => move(0, -10),
};
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("dialog.zoom") || !KEYS[event.key] || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  KEYS[event.key]();
});

const stageOf = (event) => event.target.closest?.(".zoom__stage");
document.addEventListener("dblclick", (event) => { if (stageOf(event)) by(scale > 1 ? 0 : 2.5); });
document.addEventListener("pointerdown", (event) => {
  if (stageOf(event)) held = { x: event.clientX, y: event.clientY };
});
document.addEventListener("pointermove", (event) => {
  if (!held || !picture) return;
  move(((event.clientX - held.x) / picture.clientWidth) * 100, ((event.clientY - held.y) / picture.clientHeight) * 100);
  held = { x: event.clientX, y: event.clientY };
});
document.addEventListener("pointerup", () => { held = null; });
