// Keys. Physical keys (event.code), so that they work with a Chinese input method; dead while it is composing.
//   / or Ctrl+K            to the search box
//   Ctrl+Enter             saves the form one is in (or presses what says data-key="Control+Enter")
//   Esc                    closes what is open
//   data-key="n", "Alt+1"  presses that button or link; plain letters only when nothing is being typed
import { isTyping } from "./words.js";

const IDEOGRAPHIC_COMMA = "\u3001"; // what "/" becomes under a Chinese input method

function nameOf(event) {
  const modifiers = [event.ctrlKey || event.metaKey ? "Control" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : ""];
  const key = event.code.replace(/^Key|^Digit|^Numpad(?=\d|Enter)/, "");
  return [...modifiers.filter(Boolean), key.length === 1 ? key.toLowerCase() : key].join("+");
}

function isVisible(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function bound(name) {
  const drawer = document.querySelector("#drawer:not([hidden])");
  const find = (root) => [...root.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find(isVisible);
  return (drawer && find(drawer)) || find(document);
}

function opensSearch(event, name) {
  if (name === "Control+k") return true;
  return !isTyping(event.target) && (name === "Slash" || event.key === "/" || event.key === IDEOGRAPHIC_COMMA);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const name = nameOf(event);
  if (opensSearch(event, name)) {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    return;
  }
  const plain = !name.startsWith("Control") && !name.startsWith("Alt");
  if (plain && isTyping(event.target)) return;
  const target = bound(name);
  if (target) {
    event.preventDefault();
    target.click();
  } else if (name === "Control+Enter") {
    const form = event.target.closest?.("form");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  }
});
