// Says how live the page is: the chip, the pause button, the link to read anew when offline,
// who is writing, and changes for screen readers (at most one sentence in ten seconds).
const chip = document.getElementById("connection");
const pause = document.getElementById("pause-live");
let state = "", paused = false, lastLive = new Date(), saidAt = 0, toSay = "", sayTimer = 0, ticking = 0;

const show = () => {
  if (!chip || !state) return;
  const shown = state === "live" && paused ? "paused" : state;
  const time = lastLive.toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  chip.hidden = false;
  chip.dataset.state = shown;
  const age = Math.round((Date.now() - lastLive) / 1000);
  chip.textContent = chip.getAttribute(`data-text-${shown}`).replace("{time}", time).replace("{age}", age);
  clearTimeout(ticking);
  if (shown === "reconnecting") ticking = setTimeout(show, 1000);
  if (shown === "offline" && chip.dataset.textRefresh) {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = chip.dataset.textRefresh;
    chip.append(" ", link);
  }
  if (pause) pause.hidden = state === "offline";
};

const speak = () => {
  sayTimer = 0;
  saidAt = Date.now();
  document.dispatchEvent(new CustomEvent("toile:say", { detail: toSay }));
};

document.addEventListener("live:state", ({ detail }) => {
  if ([state, detail].includes("live") || detail === "polling") lastLive = new Date();
  const changed = state && state !== detail && detail !== "reconnecting";
  state = detail;
  show();
  // The chip alone is not read out.
  if (changed && chip) document.dispatchEvent(new CustomEvent("live:say", { detail: chip.textContent }));
});
document.addEventListener("live:say", ({ detail }) => {
  toSay = detail;
  sayTimer ||= setTimeout(speak, Math.max(0, saidAt + 10000 - Date.now()));
});
document.addEventListener("live:typing", ({ detail: { room, text, who } }) => {
  for (const line of document.querySelectorAll(`[data-typing="${room}"]`)) {
    if (line.dataset.me === who) continue;
    line.textContent = text;
    clearTimeout(line.fading);
    line.fading = setTimeout(() => { line.textContent = ""; }, 4000);
  }
});
pause?.addEventListener("click", () => {
  paused = !paused;
  pause.toggleAttribute("data-paused", paused);
  document.dispatchEvent(new CustomEvent("live:pause", { detail: paused }));
  show();
});
