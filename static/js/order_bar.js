// The bar at the lower edge of a telephone leads to the order form; while that is in sight it
// would only cover the form's own button.
// Both may come when deposits open.
const watch = () => {
  const bar = document.querySelector(".order-bar:not([data-watched])");
  const form = bar && document.querySelector(bar.querySelector("a").hash);
  if (!form) return;
  bar.dataset.watched = "";
  new IntersectionObserver(([seen]) => bar.classList.toggle("order-bar--aside", seen.isIntersecting)).observe(form);
};
watch();
document.addEventListener("htmx:afterSettle", watch);
