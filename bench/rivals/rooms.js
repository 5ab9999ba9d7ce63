// socket.io as in its documentation: everybody is told by io.emit.
const { Server } = require("socket.io");
const net = require("node:net");

// No pings while it is measured: they would count as bytes of a broadcast.
const io = new Server(Number(process.env.PORT), { transports: ["websocket"], pingInterval: 600000 });
const text = "x".repeat(Number(process.env.TEXT_SIZE));
io.on("connection", (socket) => socket.join("room"));
net.createServer((wire) => wire.on("data", () => io.to("room").emit("news", text)))
  .listen(Number(process.env.TRIGGER_PORT), "127.0.0.1");
