// Two revisions over each other with a line between them, or their difference; without a script,
// side by side or, by a link, the difference. The line follows the slider's keys and the finger.
const cutOf = (box) => box.querySelector("input[type=range]");

const look = (box, view) => {
  box.classList.toggle("compare--over", view !== "side");
  box.classList.toggle("compare--difference", view === "difference");
  for (const button of box.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", button.dataset.view === view);
  }
  box.querySelector("[data-difference-note]").hidden = view !== "difference";
  box.style.setProperty("--cut", `${view === "difference" ? 0 : cutOf(box).value}%`);
};

const cut = (box, value) => {
  cutOf(box).value = value;
  look(box, "over");
};

const follow = (box, event) => {
  const seen = box.querySelector(".compare__after .picture").getBoundingClientRect();
  const across = (100 * (event.clientX - seen.left)) / seen.width;
  cut(box, document.dir === "rtl" ? 100 - across : across);
};

for (const box of document.querySelectorAll("[data-compare]")) {
  const stage = box.querySelector(".compare__stage");
  box.querySelector(".compare__tools").hidden = false;
  look(box, box.matches(".compare--difference") ? "difference" : "over");
  box.addEventListener("input", () => look(box, "over"));
  box.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.cut) cut(box, button.dataset.cut);
    else if (button) look(box, button.matches("[aria-pressed=true]") ? "over" : button.dataset.view);
  });
  stage.addEventListener("pointerdown", (event) => {
    if (!box.matches(".compare--over:not(.compare--difference)")) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    follow(box, event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (stage.hasPointerCapture(event.pointerId)) follow(box, event);
  });
}
for (const links of document.querySelectorAll("[data-compare-links]")) links.remove();
