// Keeps "7 days left" true. The date stands beside it, so nothing is lost without this.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

const words = (seconds) => {
  // As the server: the larger unit until less than two of it are left.
  const [unit, size] = UNITS.find(([, size]) => seconds >= 2 * size) ?? UNITS[3];
  const number = Math.round(seconds / size);
  const language = document.documentElement.lang;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number);
};

const tick = () => {
  let soonest = Infinity;
  for (const element of document.querySelectorAll("time[data-countdown]")) {
    const seconds = Math.floor((new Date(element.dateTime) - Date.now()) / 1000);
    const text = seconds > 0 ? element.dataset.countdown.replace("{time}", words(seconds)) : element.dataset.over;
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("countdown--soon", seconds > 0 && seconds < 86400);
    if (seconds > 0) soonest = Math.min(soonest, seconds);
  }
  setTimeout(tick, soonest < 600 ? 1000 : 30000);
};
tick();
