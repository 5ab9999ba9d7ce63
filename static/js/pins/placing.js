// Setting a pin: pressed or drawn with mouse and finger, moved by keys. The numbered fields that
// do the same without a script give way to it; what is sent are ten-thousandths of the picture.
const WHOLE = 10000, DRAWN = 300;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, most = WHOLE) => Math.max(0, Math.min(most, Math.round(value)));
const percent = (value) => `${value / 100}%`;

const start = (box) => {
  box.dataset.ready = "";
  const form = box.querySelector("form"), fields = form.elements;
  const part = (name) => box.querySelector(`[data-${name}]`);
  const area = part("area"), mark = part("new"), grip = part("grip");
  let spot = { x: Number(fields.x.value || 5000), y: Number(fields.y.value || 5000), w: Number(fields.w.value || 0), h: Number(fields.h.value || 0) };
  let from = null;

  const chosen = box.querySelector("[name=cell]:checked");
  if (chosen && !fields.x.value) {
    spot = { x: ((chosen.value % 6) + 0.5) * WHOLE / 6, y: (Math.floor(chosen.value / 6) + 0.5) * WHOLE / 6, w: 0, h: 0 };
  }

  const put = (next, isChosen = true) => {
    spot = next;
    mark.setAttribute("x", percent(spot.x));
    mark.setAttribute("y", percent(spot.y));
    mark.setAttribute("width", spot.w ? percent(spot.w) : "1");
    mark.setAttribute("height", spot.h ? percent(spot.h) : "1");
    mark.toggleAttribute("data-box", spot.w > 0);
    mark.toggleAttribute("data-set", isChosen);
    if (!isChosen) return;
    for (const name of Object.keys(spot)) fields[name].value = Math.round(spot[name]);
  };

  const tell = () => {
    const text = box.getAttribute(spot.w ? "data-text-box" : "data-text-at");
    const said = text.replace(/\{(\w)\}/g, (_all, name) => Math.round(spot[name] / 100));
    document.dispatchEvent(new CustomEvent("toile:say", { detail: said }));
  };

  const at = (event) => {
    const seen = area.getBoundingClientRect();
    return { x: clamp(((event.clientX - seen.left) / seen.width) * WHOLE), y: clamp(((event.clientY - seen.top) / seen.height) * WHOLE) };
  };
  const drawn = (to) => {
    const box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
    return box.w > DRAWN && box.h > DRAWN ? box : { ...to, w: 0, h: 0 };
  };

  area.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    area.setPointerCapture(event.pointerId);
    from = at(event);
    put({ ...from, w: 0, h: 0 });
  });
  area.addEventListener("pointermove", (event) => { if (from) put(drawn(at(event))); });
  area.addEventListener("pointerup", () => {
    from = null;
    if (!fields.body.value) fields.body.focus({ preventScroll: true });
  });

  grip.addEventListener("keydown", (event) => {
    const size = { "+": 1, "=": 1, "-": -1 }[event.key];
    const step = STEPS[event.key];
    if ((!size && !step) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const by = event.shiftKey && step ? 1000 : 100;
    let { x, y, w, h } = spot;
    if (step) [x, y] = [clamp(x + step[0] * by, WHOLE - w), clamp(y + step[1] * by, WHOLE - h)];
    else [w, h] = [clamp(w + size * 500, WHOLE - x), clamp(h + size * 500, WHOLE - y)];
    put({ x, y, w: w && h ? w : 0, h: w && h ? h : 0 });
    tell();
  });

  for (const name of ["layer", "keys"]) part(name).toggleAttribute("hidden", false);
  for (const name of ["cells", "no-keys"]) part(name).remove();
  put(spot, Boolean(fields.x.value || chosen));
};

const find = () => document.querySelectorAll("[data-placing]:not([data-ready])").forEach(start);
find();
document.addEventListener("htmx:load", find);
