// Pictures pasted with Ctrl+V go into the form's file field (data-paste); chosen ones are shown small beside it.
import { tell } from "./messages.js";
import { say } from "./words.js";

function fieldFor(target) {
  const form = target.closest?.("form:has(input[type=file][data-paste])");
  return (form ?? document.querySelector("#drawer:not([hidden])") ?? document).querySelector("input[type=file][data-paste]");
}

document.addEventListener("paste", (event) => {
  const pictures = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  const field = pictures.length ? fieldFor(event.target) : null;
  if (!field) return;
  event.preventDefault();
  const all = new DataTransfer();
  [...field.files, ...pictures].forEach((file) => all.items.add(file));
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  tell(say("pasted"));
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.("input[type=file][data-paste], input[type=file][data-thumbnails]")) return;
  if (field.files.length) field.closest("details")?.setAttribute("open", "");
  const picker = field.closest(".photo-pick") ?? field;
  let strip = picker.parentElement.querySelector(".photos[data-chosen]");
  if (!strip) {
    strip = Object.assign(document.createElement("div"), { className: "photos" });
    strip.dataset.chosen = "";
    picker.after(strip);
  }
  strip.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  strip.replaceChildren(
    ...[...field.files].filter((file) => file.type.startsWith("image/")).map((file) => {
      return Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name });
    }),
  );
});
