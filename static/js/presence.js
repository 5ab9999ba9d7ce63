// How many people are here, as the socket tells it; without one nobody knows.
const show = (text, room = "") => {
  for (const place of document.querySelectorAll(`[data-here^="${room}"]`)) {
    if (room && place.dataset.here !== room) continue;
    place.textContent = text;
    place.hidden = !text;
  }
};

document.addEventListener("live:here", ({ detail: { room, text } }) => show(text, room));
document.addEventListener("live:state", ({ detail }) => { if (detail !== "live") show(""); });
