// The bar at the lower edge of a telephone leads to the order form; while that is in sight it
// would only cover the form's own button.
const bar = document.querySelector(".order-bar");
const form = bar && document.querySelector(bar.querySelector("a").hash);
if (form) {
  new IntersectionObserver(([seen]) => bar.classList.toggle("order-bar--aside", seen.isIntersecting)).observe(form);
}
