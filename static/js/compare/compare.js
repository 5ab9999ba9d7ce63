// Two revisions over each other with a slider between them; without a script, side by side.
const cutOf = (box) => box.querySelector("input[type=range]");

const draw = (box) => box.style.setProperty("--cut", `${cutOf(box).value}%`);

const side = (box, yes) => {
  box.classList.toggle("compare--over", !yes);
  box.querySelector("[data-side]").setAttribute("aria-pressed", yes);
  draw(box);
};

for (const box of document.querySelectorAll("[data-compare]")) {
  box.querySelector(".compare__tools").hidden = false;
  side(box, false);
  box.addEventListener("input", () => side(box, false));
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.side !== undefined) return side(box, !button.matches("[aria-pressed=true]"));
    cutOf(box).value = button.dataset.cut;
    side(box, false);
  });
}
