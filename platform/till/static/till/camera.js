// Reads codes with the device's camera, where the browser has a detector of its own.

const LOOK_EVERY_MS = 150;
const FORMATS = ["qr_code", "code_128"];

/** Shows the camera in `place` and calls `onCode` with the first whole code; null if it cannot. */
export async function openCamera(place, whole, onCode) {
  try {
    const detector = new BarcodeDetector({ formats: FORMATS });
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    return watch(place, stream, detector, whole, onCode);
  } catch {
    return null; // refused, missing, or without a detector: there are two other ways
  }
}

function watch(place, stream, detector, whole, onCode) {
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
  place.replaceChildren(video);
  place.hidden = false;
  video.play().catch(() => {}); // the view may be left before the first picture: that is no fault
  const timer = setInterval(async () => {
    const found = await detector.detect(video).catch(() => []);
    const code = found.map((each) => each.rawValue).find((text) => whole.test(text));
    if (code) onCode(code);
  }, LOOK_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      stream.getTracks().forEach((track) => track.stop());
    },
  };
}
