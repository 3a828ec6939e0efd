// The team's month: draws how much everybody has on each day; a day opens the team's board of it. On a phone each colleague is a
// small wall calendar: the first day stands below its weekday.
const MONDAY_FIRST = 6;

let shown = null; // the counts that are drawn: an answer to something else on the page draws nothing anew

function draw() {
  const board = document.getElementById("month-board");
  const source = document.getElementById("month-counts");
  if (!board || !source || source === shown) return;
  shown = source;
  const first = new Date(`${board.dataset.first}T00:00:00Z`);
  const heads = [...board.querySelectorAll("thead th")].slice(1);
  for (const [staff, { counts, clashing }] of Object.entries(JSON.parse(source.textContent))) {
    const row = board.querySelector(`[data-month-row="${staff}"]`);
    row.querySelectorAll("[data-drawn]").forEach((cell) => cell.remove());
    row.lastElementChild.before(...counts.map((count, place) => cellOf(count, place, clashing.includes(place), first, board.dataset.dayUrl, heads[place])));
    row.querySelector("[data-drawn]").style.gridColumnStart = ((first.getUTCDay() + MONDAY_FIRST) % 7) + 1;
  }
}

function cellOf(count, place, clashes, first, url, head) {
  const cell = document.createElement("td");
  Object.assign(cell.dataset, { drawn: "", day: place + 1 });
  const about = `${head?.matches(".late") ? " is-free" : ""}${head?.matches(".is-today") ? " is-today" : ""}`;
  cell.className = about.trim();
  if (!count) return cell;
  cell.className = `month-count month-count-${Math.min(Math.ceil(count / 2), 4)}${clashes ? " plan-clashes" : ""}${about}`;
  const day = new Date(first.getTime() + place * 86_400_000).toISOString().slice(0, 10);
  cell.append(Object.assign(document.createElement("a"), { href: `${url}${day}`, textContent: count }));
  return cell;
}

document.addEventListener("htmx:after:swap", draw);
draw();
