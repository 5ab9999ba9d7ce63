// One voice for the page. Other scripts dispatch
//   new CustomEvent("toile:say", { detail: "Vote counted" })
//   new CustomEvent("toile:say", { detail: { text: "2 problems", urgent: true } })
// and it is spoken by the region that was present and empty when the page came.
const say = (text, urgent) => {
  const region = document.getElementById(urgent ? "alert" : "status");
  if (!region || !text) return;
  // The same words twice are only spoken twice when the region was empty in between.
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
};

document.addEventListener("toile:say", ({ detail }) => {
  if (typeof detail === "string") say(detail, false);
  else say(detail.text, Boolean(detail.urgent));
});

// What the server said about the last step; screen readers do not read it on their own.
const said = [...document.querySelectorAll(".message")].map((item) => item.textContent.trim());
if (said.length) setTimeout(() => say(said.join(" "), false), 400);
