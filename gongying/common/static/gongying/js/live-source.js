// One stream of changes from the push process. Subjects are ids like "unit-12"; "*" means: anything may have changed.

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

export class LiveSource {
  #onChange;
  #url = "";
  #subjects = new Set();
  #source = null;
  #interrupted = false;
  #pause = FIRST_PAUSE;
  #timer = 0;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  // `age`: for how many milliseconds what the page shows may already be out of date.
  watch(url, subjects, age) {
    const covered = url === this.#url && [...subjects].every((subject) => this.#subjects.has(subject));
    if (covered && this.#source) return;
    this.#url = url;
    this.#subjects = new Set(subjects);
    this.#open(age);
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#subjects = new Set();
  }

  #open(age) {
    clearTimeout(this.#timer);
    const url = new URL(this.#url);
    url.searchParams.set("subjects", [...this.#subjects].join(","));
    url.searchParams.set("age", (Math.max(age, 0) / 1000).toFixed(3));
    const before = this.#source;
    const source = new EventSource(url, { withCredentials: true });
    this.#source = source;
    source.addEventListener("open", () => this.#opened(before));
    source.addEventListener("changed", (event) => this.#onChange(JSON.parse(event.data).subjects));
    source.addEventListener("signed-out", () => source.close());
    source.addEventListener("error", () => this.#failed(source, before));
  }

  #opened(before) {
    before?.close(); // only now, so that nothing falls between the two
    this.#pause = FIRST_PAUSE;
    if (this.#interrupted) this.#onChange(["*"]);
    this.#interrupted = false;
  }

  #failed(source, before) {
    if (source !== this.#source) return;
    before?.close();
    this.#interrupted = true;
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    this.#timer = setTimeout(() => this.#open(0), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
