// On a phone the columns of a page are tabs; which one is open at first says the page (.is-shown), so that the others ask for nothing.
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
  tabs.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tab]");
    if (button) show(button.dataset.tab);
  });
}
