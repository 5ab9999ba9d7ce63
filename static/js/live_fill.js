// A frame that brings only values: the page's template of that shape names the parts they are for
// ("rect@x" an attribute, "b" a text), and is copied where the element does not have them all yet.
document.addEventListener("live:fill", ({ detail: { element, shape, fill } }) => {
  const { content, dataset } = document.getElementById(shape);
  const parts = dataset.parts.split(" ").map((part) => part.split("@"));
  if (!parts.every(([name]) => element.querySelector(name))) {
    element.replaceChildren(content.cloneNode(true));
  }
  for (const [at, [name, attribute]] of parts.entries()) {
    const part = element.querySelector(name);
    if (attribute) part.setAttribute(attribute, fill[at]);
    else part.textContent = fill[at];
  }
});
