/* Reading a QR code with the camera or from a photo, in the browser: nothing leaves the phone.
   Uses the browser's own detector where there is one, else the decoder that lies beside. */

const detector = "BarcodeDetector" in window ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
let decoder = null;

async function readPixels(canvas) {
  if (detector) {
    const found = await detector.detect(canvas);
    if (found.length) return found[0].rawValue;
  }
  decoder ??= (await import("/static/qr-0.7.0/decode.js")).default;
  const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  try {
    return decoder(image);
  } catch {
    return null; // That is how it says that there is no code in the picture.
  }
}

function drawn(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function begin(scanner) {
  const video = scanner.querySelector("video");
  const said = scanner.querySelector("[data-said]");
  const open = scanner.querySelector("[data-open]");
  const words = scanner.querySelector("template[data-words]").content;
  const say = (name) => { said.textContent = words.querySelector(`[data-${name}]`).textContent; };
  let stream = null;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    open.hidden = false;
  }

  function found(text) {
    stop();
    say("found");
    scanner.dispatchEvent(new CustomEvent("scanned", { bubbles: true, detail: text }));
    const form = document.getElementById(scanner.dataset.target ?? "");
    if (form) {
      form.elements.code.value = text;
      form.requestSubmit();
    }
  }

  async function look() {
    if (!stream) return;
    if (video.videoWidth) {
      const text = await readPixels(drawn(video, video.videoWidth, video.videoHeight, 720));
      if (text) return found(text);
    }
    window.setTimeout(look, 150);
  }

  open.addEventListener("click", async () => {
    said.textContent = "";
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return say("denied");
    }
    video.srcObject = stream;
    video.hidden = false;
    open.hidden = true;
    await video.play();
    look();
  });

  scanner.querySelector("[data-photo]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    // A large photo may hide the small dots of a code when it is made small, and the other way.
    for (const side of picture ? [900, 1600] : []) {
      const text = await readPixels(drawn(picture, picture.width, picture.height, side));
      if (text) return found(text);
    }
    say("none");
  });

  if (!navigator.mediaDevices?.getUserMedia) open.hidden = true;
  scanner.hidden = false;
}

document.querySelectorAll("[data-scanner]").forEach(begin);
document.querySelectorAll("[data-without-script]").forEach((each) => { each.hidden = true; });

/* Digits on a shift that asks for nearness: the position goes with the form and nowhere else. */
document.querySelectorAll("form[data-asks-position]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.elements.longitude.value || !navigator.geolocation) return;
    event.preventDefault();
    const send = () => form.submit();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.longitude.value = coords.longitude;
        form.elements.latitude.value = coords.latitude;
        form.elements.accuracy.value = coords.accuracy;
        send();
      },
      send,
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  });
});
