// Places for pictures: one empty place stands open at a time, several files fill several places,
// and each goes up at once (upload.js). Without a script all places stand open. Every place keeps
// its own file until that is stored, so that a form sent before brings each one where it belongs.
const slotsOf = (box) => [...box.querySelectorAll("[data-slot]")];
const isFilled = (slot) => slot.dataset.filled !== undefined;

const isFree = (slot) => !isFilled(slot) && !slot.querySelector("[data-file]").files.length;

const keep = (slot, file) => {
  const one = new DataTransfer();
  one.items.add(file);
  slot.querySelector("[data-file]").files = one.files;
};

const reveal = (box) => {
  let empty = 0;
  for (const slot of slotsOf(box)) {
    slot.hidden = !isFilled(slot) && !slot.matches(".slot--wrong") && empty++ > 0;
  }
};

const take = (box, first, files) => {
  const open = slotsOf(box).filter((slot) => isFree(slot) && slot !== first);
  for (const slot of first ? [first, ...open] : open) {
    const file = files.shift();
    if (!file) return;
    slot.hidden = false;
    keep(slot, file);
    slot.dispatchEvent(new CustomEvent("slots:send", { bubbles: true, detail: { file } }));
  }
};

for (const box of document.querySelectorAll("[data-slots]")) {
  reveal(box);
  for (const input of box.querySelectorAll("[data-file]")) input.multiple = true;
  box.addEventListener("slots:done", () => reveal(box));
  box.addEventListener("change", ({ target }) => {
    if (target.matches("[data-file]")) take(box, target.closest("[data-slot]"), [...target.files]);
  });
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.dataset.over = ""; });
  box.addEventListener("dragleave", () => { delete box.dataset.over; });
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    delete box.dataset.over;
    take(box, null, [...event.dataTransfer.files]);
  });
}
