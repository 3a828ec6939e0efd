// One stream of changes from the push process. Subjects are ids like "unit-12"; "*" means: anything may have changed.

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
const LONGEST_SILENCE = 40_000; // the push process says every 15 seconds that it is still there
const REMEMBERED = 60_000;

export class LiveSource {
  #onChange;
  #onLine; // told whether the stream runs, whenever that may be news
  #url = "";
  #subjects = new Set();
  #source = null;
  #older = null; // it tells on until the newest one has welcomed us, so that nothing falls between
  #isWelcome = true;
  #interrupted = false;
  #pause = FIRST_PAUSE;
  #timer = 0; // until the stream is asked for again
  #silence = 0; // until one that says nothing counts as lost
  #from = 0; // since when the stream tells what changed
  #heard = []; // lately: { at, subjects }

  constructor(onChange, onLine = () => {}) {
    this.#onChange = onChange;
    this.#onLine = onLine;
  }

  // `age`: for how many milliseconds what the page shows may already be out of date.
  watch(url, subjects, age) {
    const from = performance.now() - age;
    const covered = url === this.#url && [...subjects].every((subject) => this.#subjects.has(subject));
    if (covered && this.#isTelling && from >= Math.max(this.#from, performance.now() - REMEMBERED)) {
      this.#heard.filter(({ at }) => at >= from).forEach(({ subjects }) => this.#onChange(subjects));
      return;
    }
    this.#url = url;
    this.#subjects = new Set(subjects);
    this.#open(age);
  }

  close() {
    this.#closeStreams();
    this.#source = null;
    this.#subjects = new Set();
    // Nobody is left to whom it would be news.
    this.#isWelcome = true;
    this.#interrupted = false;
    this.#pause = FIRST_PAUSE;
  }

  // Or about to, without being asked again.
  get #isTelling() {
    return this.#source !== null && this.#source.readyState !== EventSource.CLOSED;
  }

  #open(age) {
    clearTimeout(this.#timer);
    const now = performance.now();
    // One that has not welcomed us yet has told nothing of what it was asked for: the next one tells it as well.
    this.#from = Math.min(now - age, this.#isWelcome ? Infinity : this.#from);
    if (this.#isWelcome) this.#older = this.#source;
    else this.#source?.close();
    this.#isWelcome = false;
    const url = new URL(this.#url);
    url.searchParams.set("subjects", [...this.#subjects].join(","));
    const source = new EventSource(url, { withCredentials: true });
    this.#source = source;
    source.addEventListener("welcome", (event) => this.#welcomed(source, JSON.parse(event.data)));
    source.addEventListener("changed", (event) => this.#hear(JSON.parse(event.data).subjects));
    source.addEventListener("signed-out", () => this.#signedOut(source));
    source.addEventListener("error", () => this.#failed(source));
    for (const said of ["welcome", "changed", "here"]) source.addEventListener(said, () => this.#listen(source));
    this.#listen(source);
  }

  #hear(subjects) {
    const at = performance.now();
    this.#heard = [...this.#heard.filter((one) => at - one.at < REMEMBERED), { at, subjects }];
    this.#onChange(subjects);
  }

  #closeStreams() {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#older?.close();
    this.#older = null;
  }

  // The push process counted us in at some moment until now: a change `ago` milliseconds before that is not younger than this.
  #welcomed(source, { reaches, changed }) {
    if (source !== this.#source) return;
    this.#older?.close();
    this.#older = null;
    const now = performance.now();
    if (this.#interrupted || now - this.#from > reaches) this.#hear(["*"]);
    else changed.filter(({ ago }) => now - ago >= this.#from).forEach(({ subjects }) => this.#hear(subjects));
    this.#isWelcome = true;
    this.#interrupted = false;
    this.#pause = FIRST_PAUSE;
    this.#onLine(true);
  }

  // A line that is broken somewhere far away breaks in silence: no browser notices for minutes.
  #listen(source) {
    if (source !== this.#source) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      source.close();
      this.#failed(source);
    }, LONGEST_SILENCE);
  }

  // Whoever comes next may be signed in again; until then there is nothing to ask for.
  #signedOut(source) {
    if (source !== this.#source) return;
    this.#closeStreams();
    this.#isWelcome = false;
    this.#interrupted = true;
  }

  #failed(source) {
    if (source !== this.#source) return;
    this.#older?.close();
    this.#older = null;
    this.#isWelcome = false;
    this.#interrupted = true;
    this.#onLine(false);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    clearTimeout(this.#silence);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(0), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
