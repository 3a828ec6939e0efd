// The quick entry: suggestions while one types (never in the middle of a composition), panels that unfold in place,
// urgency and payer preset by the category, categories found by pinyin. Everything also works without this file.
const SETTLE = 250;
const MOST = 200;
const onPhone = window.matchMedia("(max-width: 767.98px)");
let timer = 0;

const formOf = (element) => element.closest?.("form[data-entry]");

function ask(form) {
  form.querySelector("[data-entry-said]").value = form.querySelector("[data-entry-text]").value.slice(0, MOST);
  form.querySelector("[data-entry-suggestions]").dispatchEvent(new CustomEvent("entry:typed"));
}

function typed(event) {
  if (!event.target.matches?.("[data-entry-text]")) return;
  const form = formOf(event.target);
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(() => form.isConnected && ask(form), SETTLE);
}

function preset(form, name, value) {
  const field = form.elements[name];
  if (field && !field.dataset.chosen) field.value = value;
}

function chosen(event) {
  const field = event.target;
  const form = formOf(field);
  if (!form) return;
  if (field.name === "category" && event.isTrusted) {
    form.querySelector("[data-entry-picked]").value = field.value;
    preset(form, "urgency", field.dataset.urgency);
    preset(form, "payer", field.dataset.payer);
    ask(form); // other reasons fit another topic; an answer on its way, which does not know the choice, is given up
  } else if (field.name === "reason" && event.isTrusted) {
    form.querySelector("[data-entry-reason]").value = field.value;
    ask(form);
  } else if (field.name === "urgency" || field.name === "payer") {
    field.dataset.chosen = "true";
  }
  showPrice(form);
}

// `elements.item` is a method of the collection, not the field of that name.
const itemOf = (form) => form.elements.namedItem("item");

// The price to read out before one ticks that the customer agreed: of the service that was picked, else of the category.
function showPrice(form) {
  const line = form.querySelector("[data-entry-line]");
  if (!line) return;
  const item = itemOf(form)?.selectedOptions?.[0];
  const category = form.querySelector('[name="category"]:checked');
  line.textContent = item?.value ? item.textContent.trim() : (category?.dataset.price ?? "");
  for (const lines of form.querySelectorAll("[data-entry-lines]")) lines.hidden = lines.dataset.entryLines !== category?.value;
}

// Of several lines of the list one tap is the yes to its price.
function agree(event) {
  const chip = event.target.closest?.("[data-entry-item]");
  const form = chip && formOf(chip);
  if (!form) return;
  itemOf(form).value = chip.dataset.entryItem;
  form.elements.price_agreed.checked = true;
  showPrice(form);
}

function filter(event) {
  if (!event.target.matches?.("[data-entry-filter]") || event.isComposing) return;
  const word = event.target.value.trim().toLowerCase();
  for (const family of event.target.parentElement.querySelectorAll("[data-entry-family]")) {
    for (const chip of family.children) chip.hidden = !chip.dataset.pinyin.includes(word) && !chip.control?.checked;
    family.hidden = ![...family.children].some((chip) => !chip.hidden);
  }
}

// A photo that is taken on the way is that of a fault: on a phone its request stands open, and one tap sends it.
function photographed({ target }) {
  if (!target.matches?.("[data-entry] input[type=file]") || !target.files.length || !onPhone.matches) return;
  const button = formOf(target).querySelector('[data-entry-opens="request"]');
  if (button) unfoldFor(button);
}

// The first press on 转工单 or 稍后回复 unfolds what it still asks; the second one saves.
function unfold(event) {
  const button = event.target.closest?.("[data-entry-opens]");
  const panel = button && unfoldFor(button);
  if (!panel) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  panel.scrollIntoView({ block: "nearest" });
}

function unfoldFor(button) {
  const panel = formOf(button)?.querySelector(`[data-entry-panel="${button.dataset.entryOpens}"]`);
  if (!panel || panel.open) return null;
  panel.open = true;
  formOf(button).querySelectorAll(".entry-buttons .btn").forEach((other) => other.classList.toggle("btn-primary", other === button));
  return panel;
}

document.addEventListener("htmx:after:swap", () => document.querySelectorAll("form[data-entry]").forEach(showPrice));
document.addEventListener("input", typed);
document.addEventListener("compositionend", typed);
document.addEventListener("input", filter);
document.addEventListener("change", chosen);
document.addEventListener("change", photographed);
// What was picked comes back with the draft; the chips that show it are asked for.
document.addEventListener("draft:resumed", (event) => event.target.matches("[data-entry]") && ask(event.target));
document.addEventListener("click", unfold, true);
document.addEventListener("click", agree);
