// How many people are here, as the socket tells it; without one nobody knows.
const show = (text, places) => {
  for (const place of document.querySelectorAll(places)) {
    place.textContent = text;
    place.hidden = !text;
  }
};

document.addEventListener("live:here", ({ detail: { room, text } }) => show(text, `[data-here="${room}"]`));
document.addEventListener("live:state", ({ detail }) => { if (detail !== "live") show("", "[data-here]"); });
