// The words that scripts show are translated in the page (frame/_words.html).
const words = document.getElementById("words")?.dataset ?? {};

export function say(name, n) {
  return (words[name] ?? name).replace("{n}", n);
}

export function isTyping(element) {
  return Boolean(element?.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]"));
}
