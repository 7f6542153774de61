// Draws a QR code as SVG: error correction M, a quiet zone of four modules, dark on white.

import { makeSvg } from "./dom.js";
import { qrcode } from "./vendor/qrcode.js";

const QUIET = 4;

export function drawQr(text, label) {
  const code = qrcode(0, "M");
  code.addData(text, "Byte");
  code.make();
  const count = code.getModuleCount();
  const size = count + 2 * QUIET;
  let dark = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) dark += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  const view = { viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": label };
  const white = makeSvg("rect", { width: size, height: size, fill: "#fff" });
  const shape = { d: dark, fill: "#000", "shape-rendering": "crispEdges" };
  return makeSvg("svg", { ...view, "data-text": text }, white, makeSvg("path", shape));
}
