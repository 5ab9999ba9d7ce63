// <a href="/page/" data-dialog="id">: with a script the page's <dialog id> opens in place.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  // A click on the backdrop hits the dialog itself, one inside hits its content.
  if (event.target.matches("dialog[open]")) event.target.close();
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});
