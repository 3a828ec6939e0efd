// On a phone the columns of a page are tabs; without a script they simply stand below each other.
//   [data-page-tabs] button[data-tab="people"]  shows every  [data-tab-panel="people"]
const tabs = document.querySelector("[data-page-tabs]");

function show(name) {
  for (const button of tabs.querySelectorAll("[data-tab]")) {
    button.setAttribute("aria-selected", String(button.dataset.tab === name));
  }
  for (const panel of document.querySelectorAll("[data-tab-panel]")) {
    panel.classList.toggle("is-shown", panel.dataset.tabPanel === name);
  }
}

if (tabs) {
  document.body.classList.add("has-tabs");
  tabs.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tab]");
    if (button) show(button.dataset.tab);
  });
  show("open");
}
