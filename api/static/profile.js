// What makes the profile quicker for a hand. Without it every part still works as a form.
(() => {
  for (const node of document.querySelectorAll("[data-with-script]")) node.hidden = false;

  // The week: draw across cells, or take a whole day or a part of every day by its name.
  const week = document.querySelector(".week");
  if (week) {
    week.classList.add("drawn");
    let paint = null;
    let last = null;
    const cellAt = (x, y) => {
      const found = document.elementFromPoint(x, y);
      return found && found.matches('.week input[name="cell"]') ? found : null;
    };
    week.addEventListener("pointerdown", (event) => {
      const cell = event.target.closest('input[name="cell"]');
      if (!cell || event.button !== 0) return;
      paint = !cell.checked;
      last = cell;
      if (event.target.hasPointerCapture(event.pointerId))
        event.target.releasePointerCapture(event.pointerId);
    });
    week.addEventListener("pointermove", (event) => {
      if (paint === null) return;
      const cell = cellAt(event.clientX, event.clientY);
      if (!cell || cell === last) return;
      // The first cell changes when the pointer leaves it; a plain tap is left to the box itself.
      if (last) last.checked = paint;
      cell.checked = paint;
      last = cell;
      week.dataset.drawing = "yes";
    });
    for (const end of ["pointerup", "pointercancel"])
      addEventListener(end, () => {
        paint = null;
        last = null;
      });
    week.addEventListener(
      "click",
      (event) => {
        // The tap that ends a drawing must not turn its cell back.
        if (week.dataset.drawing) event.preventDefault();
        delete week.dataset.drawing;
      },
      true,
    );
    const whole = (chosen) => {
      const boxes = [...week.querySelectorAll('input[name="cell"]')].filter(chosen);
      const wanted = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = wanted;
    };
    for (const head of week.querySelectorAll("th")) {
      const { day, part } = head.dataset;
      const chosen = (box) => box.value.split("-")[day === undefined ? 1 : 0] === (day ?? part);
      head.setAttribute("role", "button");
      head.tabIndex = 0;
      head.addEventListener("click", () => whole(chosen));
      head.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        whole(chosen);
      });
    }
    // Arrow keys walk the grid, as in any table of boxes.
    week.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
      const step = steps[event.key];
      if (!step || !event.target.matches('input[name="cell"]')) return;
      const [day, part] = event.target.value.split("-").map(Number);
      const next = week.querySelector(`input[value="${day + step[0]}-${part + step[1]}"]`);
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }

  // Steps down and up beside a number.
  for (const button of document.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = button.parentElement.querySelector("input");
      const now = Number.parseFloat(field.value.replace(",", "."));
      const next = (Number.isFinite(now) ? now : 0) + Number(button.dataset.step);
      field.value = String(Math.min(Number(field.dataset.most), Math.max(0, next)));
    });
  }

  // The position of this phone: asked for only by this button, and only put into the fields.
  const form = document.querySelector("[data-position]");
  const locate = form?.querySelector("[data-locate]");
  if (locate && "geolocation" in navigator) {
    const failed = form.querySelector("[data-locate-failed]");
    locate.addEventListener("click", () => {
      failed.hidden = true;
      locate.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          form.elements.longitude.value = coords.longitude.toFixed(3);
          form.elements.latitude.value = coords.latitude.toFixed(3);
          form.elements.position_system.value = "wgs84";
          form.querySelector("details").open = true;
          locate.disabled = false;
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
