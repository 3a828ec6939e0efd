// A page made for paper: the button prints; ?print opens the printer's window at once.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
if (new URLSearchParams(location.search).has("print")) window.print();
