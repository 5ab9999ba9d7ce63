// Times without a zone of their own (comments) are written in the reader's: the account's where
// one was chosen, else the browser's. A cookie has the server write the next page so at once.
const page = document.documentElement;
const browsers = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const mine = page.dataset.zone || browsers;
const language = page.lang === "en" ? "en-GB" : page.lang;

const words = (at) => {
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const time = { timeZone: mine, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day = { weekday: "short", day: "numeric", month: "short", year };
  const zone = new Intl.DateTimeFormat(language, { timeZone: mine, timeZoneName: "shortOffset" });
  const name = zone.formatToParts(at).find((part) => part.type === "timeZoneName").value.replace("GMT", "UTC");
  return `${new Intl.DateTimeFormat(language, { ...day, ...time }).format(at)} ${name}`;
};

const rewrite = (root) => {
  for (const time of root.querySelectorAll("time[data-zone]")) {
    if (time.dataset.zone === mine) continue;
    time.textContent = words(new Date(time.dateTime));
    time.dataset.zone = mine;
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
