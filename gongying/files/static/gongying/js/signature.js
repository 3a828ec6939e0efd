// Signing with a finger: what is drawn on [data-signature] becomes the PNG of the file field behind it.
const WIDTH = 3;

const fieldOf = (canvas) => canvas.parentElement.querySelector("input[type=file]");

function prepare(canvas) {
  if (canvas.dataset.ready) return;
  canvas.dataset.ready = "true";
  canvas.hidden = false;
  canvas.parentElement.querySelector("[data-signature-clear]").hidden = false;
  fieldOf(canvas).classList.add("visually-hidden");
}

function penOf(canvas) {
  if (canvas.width !== canvas.clientWidth) Object.assign(canvas, { width: canvas.clientWidth, height: canvas.clientHeight });
  return Object.assign(canvas.getContext("2d"), { lineWidth: WIDTH, lineCap: "round", lineJoin: "round" });
}

function put(canvas, blob) {
  const files = new DataTransfer();
  if (blob) files.items.add(new File([blob], "signature.png", { type: "image/png" }));
  fieldOf(canvas).files = files.files;
}

document.addEventListener("pointerdown", (event) => {
  const canvas = event.target.closest?.("[data-signature]");
  if (!canvas) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  const pen = penOf(canvas);
  pen.beginPath();
  pen.moveTo(event.offsetX, event.offsetY);
  const draw = (moved) => {
    pen.lineTo(moved.offsetX, moved.offsetY);
    pen.stroke();
  };
  canvas.addEventListener("pointermove", draw);
  canvas.addEventListener("lostpointercapture", () => {
    canvas.removeEventListener("pointermove", draw);
    canvas.toBlob((blob) => put(canvas, blob));
  }, { once: true });
});

// A form that came back has the file, and shows again what was signed.
document.addEventListener("change", async ({ target }) => {
  const canvas = target.matches?.("input[type=file]") && target.parentElement.querySelector("[data-signature]");
  if (!canvas || !target.files.length) return;
  prepare(canvas);
  penOf(canvas).drawImage(await createImageBitmap(target.files[0]), 0, 0);
});

function clear(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  put(canvas, null);
}

document.addEventListener("click", (event) => {
  const clearer = event.target.closest("[data-signature-clear]");
  if (clearer) clear(clearer.parentElement.querySelector("[data-signature]"));
});
document.addEventListener("reset", (event) => event.target.querySelectorAll("[data-signature]").forEach(clear));

const prepareAll = () => document.querySelectorAll("[data-signature]").forEach(prepare);
document.addEventListener("htmx:after:swap", prepareAll);
prepareAll();
