// A strip that scrolls by itself begins at what is chosen in it, also where the browser does not
// know how to be told so in a style sheet.
document.querySelectorAll("[data-strip] [aria-current]").forEach((chosen) => {
  const strip = chosen.closest("[data-strip]");
  const { left, width } = chosen.getBoundingClientRect();
  const box = strip.getBoundingClientRect();
  if (left < box.left || left + width > box.right) {
    strip.scrollLeft += left - box.left - (box.width - width) / 2;
  }
});
