// One stream of changes from the push process. Subjects are ids like "unit-12"; "*" means: anything may have changed.

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
const REMEMBERED = 60_000;

export class LiveSource {
  #onChange;
  #url = "";
  #subjects = new Set();
  #source = null;
  #older = []; // they tell on until the newest is open, so that nothing falls between
  #interrupted = false;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #isWelcome = true;
  #from = 0; // since when the stream tells what changed
  #heard = []; // lately: { at, subjects }

  constructor(onChange) {
    this.#onChange = onChange;
  }

  // `age`: for how many milliseconds what the page shows may already be out of date.
  watch(url, subjects, age) {
    const from = performance.now() - age;
    const covered = url === this.#url && [...subjects].every((subject) => this.#subjects.has(subject));
    if (covered && this.#source && from >= Math.max(this.#from, performance.now() - REMEMBERED)) {
      this.#heard.filter(({ at }) => at >= from).forEach(({ subjects }) => this.#onChange(subjects));
      return;
    }
    this.#url = url;
    this.#subjects = new Set(subjects);
    this.#open(age);
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#closeOlder();
    this.#source = null;
    this.#subjects = new Set();
  }

  #open(age) {
    clearTimeout(this.#timer);
    const now = performance.now();
    // One that has not welcomed us yet has told nothing of what it was asked for.
    this.#from = Math.min(now - age, this.#isWelcome ? Infinity : this.#from);
    this.#isWelcome = false;
    if (this.#source) this.#older.push(this.#source);
    const url = new URL(this.#url);
    url.searchParams.set("subjects", [...this.#subjects].join(","));
    const source = new EventSource(url, { withCredentials: true });
    this.#source = source;
    source.addEventListener("open", () => this.#opened(source));
    source.addEventListener("welcome", (event) => this.#welcomed(source, JSON.parse(event.data)));
    source.addEventListener("changed", (event) => this.#hear(JSON.parse(event.data).subjects));
    source.addEventListener("signed-out", () => source.close());
    source.addEventListener("error", () => this.#failed(source));
  }

  #hear(subjects) {
    const at = performance.now();
    this.#heard = [...this.#heard.filter((one) => at - one.at < REMEMBERED), { at, subjects }];
    this.#onChange(subjects);
  }

  #closeOlder() {
    this.#older.forEach((source) => source.close());
    this.#older = [];
  }

  #opened(source) {
    if (source !== this.#source) return;
    this.#closeOlder();
    this.#pause = FIRST_PAUSE;
    if (this.#interrupted) {
      this.#from = performance.now();
      this.#onChange(["*"]);
    }
    this.#interrupted = false;
  }

  // The push process counted us in at some moment until now: a change `ago` milliseconds before that is not younger than this.
  #welcomed(source, { reaches, changed }) {
    if (source !== this.#source) return;
    this.#isWelcome = true;
    const now = performance.now();
    if (now - this.#from > reaches) this.#hear(["*"]);
    else changed.filter(({ ago }) => now - ago >= this.#from).forEach(({ subjects }) => this.#hear(subjects));
  }

  #failed(source) {
    if (source !== this.#source) return;
    this.#closeOlder();
    this.#interrupted = true;
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    this.#timer = setTimeout(() => this.#open(0), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
