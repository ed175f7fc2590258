// Where this phone is: asked for only by the button, sent with the form, never put in an address.
(() => {
  for (const form of document.querySelectorAll("[data-near]")) {
    if (!("geolocation" in navigator)) continue;
    form.hidden = false;
    const locate = form.querySelector("[data-locate]");
    const failed = form.querySelector("[data-locate-failed]");
    locate.addEventListener("click", () => {
      failed.hidden = true;
      locate.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          // About a hundred metres are near enough to sort by.
          form.elements.longitude.value = coords.longitude.toFixed(3);
          form.elements.latitude.value = coords.latitude.toFixed(3);
          form.submit();
        },
        () => {
          failed.hidden = false;
          locate.disabled = false;
        },
        { timeout: 10000, maximumAge: 600000 },
      );
    });
  }
})();
