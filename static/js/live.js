// The page's socket. Elements name their rooms (data-live="round.12 round.12.tally") and, for
// lists, what they already show (data-after="4711"). Other blocks hear of it by events:
// "live:frames" {frames}, "live:state" "live|reconnecting|restarting|polling|offline",
// "live:typing" {room, text, who} and "live:here" {room, text}.
// They may dispatch "live:ask" {key, ask, done}: done(answer), or done(null) when none came.
const AGAIN = 3000, RESTART = 1012, PATIENCE = 5000;
// Up to which version this page has everything of a room. Only a whole answer says so: of single
// announcements one may have been lost before the newest.
const whole = new Map();
const refused = new Set(), asked = new Map();
let socket = null, joined = new Set(), tries = 0, timer = 0, asking = 0;

const tell = (type, detail) => document.dispatchEvent(new CustomEvent(type, { detail }));

const wanted = () => {
  const rooms = new Map();
  for (const element of document.querySelectorAll("[data-live]")) {
    for (const room of element.dataset.live.split(" ").filter(Boolean)) {
      rooms.set(room, Math.max(rooms.get(room) ?? 0, Number(element.dataset.after ?? 0)));
    }
  }
  return rooms;
};

const newest = (rooms) => {
  const asked = {};
  for (const [room, shown] of rooms) asked[room] = Math.max(whole.get(room) ?? 0, shown);
  return asked;
};

const join = (rooms) => {
  const join = newest(rooms);
  if (Object.keys(join).length) socket.send(JSON.stringify({ join }));
};

const sync = () => {
  const rooms = wanted();
  if (!rooms.size) return socket?.close(1000);
  if (!socket) return connect();
  if (socket.readyState !== WebSocket.OPEN) return;
  const fresh = [...rooms].filter(([room]) => !joined.has(room) && !refused.has(room));
  const left = [...joined].filter((room) => !rooms.has(room));
  if (left.length) socket.send(JSON.stringify({ leave: left }));
  joined = new Set([...rooms.keys()].filter((room) => !refused.has(room)));
  join(fresh);
};

const finish = (key, answer) => {
  const done = asked.get(key);
  asked.delete(key);
  done?.(answer);
};

const receive = ({ room, frames, whole: all, missed, refused: no, joined: yes, typing, who, here, lost }) => {
  if (lost !== undefined) hear(!lost);
  if (here !== undefined) tell("live:here", { room, text: here });
  if (missed) join([...wanted()].filter(([name]) => missed.includes(name)));
  if (no) {
    refused.add(room);
    tell("live:refused", room);
  }
  if (yes) refused.delete(room);
  if (typing) tell("live:typing", { room, text: typing, who });
  if (!frames) return;
  if (all) whole.set(room, Math.max(whole.get(room) ?? 0, ...frames.map((frame) => frame.v)));
  tell("live:frames", { room, frames });
};

// Without announcements the page asks by itself, twice a minute, and not all pages at once.
const refresh = async () => {
  asking = setTimeout(refresh, 30000 * (0.75 + Math.random() / 2));
  const query = new URLSearchParams({ lang: document.documentElement.lang, join: JSON.stringify(newest(wanted())) });
  let state = "polling";
  try {
    const answer = await fetch(`/live/?${query}`);
    (await answer.json()).forEach(receive);
  } catch {
    state = "offline";
  }
  if (asking) tell("live:state", state);
};

const hear = (hears) => {
  if (!hears) return (asking ||= setTimeout(refresh, 5000 * Math.random()));
  asking = clearTimeout(asking);
  tell("live:state", "live");
};

const connect = () => {
  clearTimeout(timer);
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws/?lang=${document.documentElement.lang}`);
  socket.onopen = () => { tries = 0; joined.clear(); refused.clear(); sync(); hear(true); };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.answer) finish(message.answer, message);
    else receive(message);
  };
  socket.onclose = (event) => {
    socket = null;
    for (const key of [...asked.keys()]) finish(key, null);
    if (event.code === 1000) return;
    if (event.code === AGAIN) return sync();
    if (tries++ > 2 || !navigator.onLine) hear(false);
    if (!asking) tell("live:state", event.code === RESTART ? "restarting" : "reconnecting");
    // Spread out, so that everybody does not come back in the same moment after a restart.
    timer = setTimeout(sync, Math.min(30000, 500 * 2 ** tries) * (0.5 + Math.random()));
  };
};

// Every minute or so the page asks once more, should an announcement have been lost.
setInterval(() => socket?.readyState === WebSocket.OPEN && join(wanted()), 60000 + 30000 * Math.random());

addEventListener("online", sync);
// A step may have given rights (a first vote brings the guest's cookie): the handshake shows them.
document.addEventListener("htmx:afterSettle", () => {
  if ([...wanted().keys()].some((room) => refused.has(room))) return socket?.close(AGAIN);
  sync();
});
document.addEventListener("live:sync", sync);
document.addEventListener("live:rejoin", () => { refused.clear(); sync(); });
document.addEventListener("live:renew", () => socket?.close(AGAIN));
document.addEventListener("live:ask", ({ detail: { key, ask, done } }) => {
  if (socket?.readyState !== WebSocket.OPEN) return done(null);
  asked.set(key, done);
  socket.send(JSON.stringify(ask));
  setTimeout(() => finish(key, null), PATIENCE);
});
sync();
