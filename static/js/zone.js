// Times without a place are written in the reader's zone: the account's where one was chosen, else
// the browser's. Those of a place (a brand's) change only for who chose a zone: what came by frame
// is the same for everybody. A cookie has the server write the next page so at once.
const page = document.documentElement;
const browsers = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const mine = page.dataset.zone || browsers;
const language = page.lang === "en" ? "en-GB" : page.lang;

const words = (at, isDay) => {
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const time = { timeZone: mine, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day = { weekday: "short", day: "numeric", month: "short", year };
  const all = new Intl.DateTimeFormat(language, { ...day, ...(isDay ? { timeZone: mine } : time) }).format(at);
  if (isDay) return all;
  const zone = new Intl.DateTimeFormat(language, { timeZone: mine, timeZoneName: "shortOffset" });
  const name = zone.formatToParts(at).find((part) => part.type === "timeZoneName").value.replace("GMT", "UTC");
  return `${all} ${name}`;
};

const rewrite = (root) => {
  for (const time of root.querySelectorAll("time[data-zone]")) {
    if (time.dataset.zone === mine) continue;
    time.textContent = words(new Date(time.dateTime));
    time.dataset.zone = mine;
    // Beside the same moment in the zone of its place: said once where both are the same.
    const beside = time.closest(".own-time");
    if (beside) beside.hidden = beside.previousElementSibling.textContent === time.textContent;
  }
  if (!page.dataset.zone) return;
  for (const time of root.querySelectorAll("time[data-place]")) {
    if (time.dataset.place === mine) continue;
    time.textContent = words(new Date(time.dateTime), "day" in time.dataset);
    time.dataset.place = mine;
  }
};

if (browsers && !document.cookie.split("; ").includes(`zone=${browsers}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `zone=${browsers}; path=/; max-age=31536000; samesite=lax${secure}`;
}
if (mine) {
  rewrite(document);
  document.addEventListener("live:applied", ({ target }) => rewrite(target));
  document.addEventListener("htmx:load", ({ target }) => rewrite(target));
}
