// A link to send on is copied with one tap, where the browser lets it; else one marks it by hand.
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = button.parentElement.querySelector("input");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = button.dataset.copy;
      } catch {
        field.select();
      }
    });
  }
})();
