// The front desk: waiting visitors turn amber and red while one looks, and notes save themselves.
const WAIT = 600;
const RETRY = [2000, 5000, 15000];
const LONGEST_HOLD = 3000;

// ── colours ──
function colour() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-late-at]")) {
    const late = now >= Date.parse(element.dataset.lateAt);
    element.classList.toggle("late", late);
    element.classList.toggle("soon", !late && now >= Date.parse(element.dataset.soonAt));
  }
}
setInterval(colour, 5000);
document.addEventListener("htmx:after:swap", colour);
colour();

// ── notes ──
// What the server has not confirmed stands in this browser: a reload, a closed window or a dead network loses nothing.
class Notes {
  constructor(field) {
    this.field = field;
    this.form = field.form;
    this.key = `notes:${document.body.dataset.user ?? ""}:${field.dataset.ticket}`;
    this.version = Number(field.dataset.version);
    this.saved = field.value;
    this.failures = 0;
    this.timer = 0;
    this.sending = null;
    field.addEventListener("input", () => this.typed());
    this.resume();
  }

  get isDirty() {
    return this.field.value !== this.saved;
  }

  resume() {
    const kept = this.read();
    if (kept === null) return;
    if (kept === this.field.value) this.forget();
    else {
      this.field.value = kept;
      this.save();
    }
  }

  typed() {
    try {
      localStorage.setItem(this.key, this.field.value);
    } catch {
      // A full or forbidden store: the server still gets it.
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  read() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept either.
    }
  }

  // One at a time: what is typed meanwhile goes next.
  async save() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (!this.isDirty) return;
    this.sending = this.send(this.field.value);
    await this.sending;
    this.sending = null;
  }

  async send(text) {
    const body = new FormData();
    body.set("text", text);
    body.set("seen", this.version);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(this.field.dataset.notes, { method: "POST", body, keepalive: true });
      if (answer.status === 409) this.meet(await this.told(answer));
      else if (answer.ok) this.keep(text, await answer.json());
      else throw new Error(answer.status);
    } catch {
      this.say(this.field.dataset.unsaved);
      this.timer = setTimeout(() => this.save(), RETRY[Math.min(this.failures++, RETRY.length - 1)]);
    }
  }

  async told(answer) {
    return (answer.headers.get("Content-Type") ?? "").includes("json") ? answer.json() : {};
  }

  keep(text, { version }) {
    this.version = version;
    this.saved = text;
    this.failures = 0;
    if (this.field.value === text) this.forget();
    else this.timer = setTimeout(() => this.save(), WAIT);
    this.say(this.field.dataset.saved);
  }

  // Written in another window meanwhile: both are kept; the other text is shown, this one becomes the next version.
  meet({ version, text }) {
    if (version === undefined) {
      this.say(this.field.dataset.unsaved); // the visit is over, or somebody else's
      return;
    }
    this.version = version;
    if (text && !this.field.value.includes(text)) this.show(text);
    this.timer = setTimeout(() => this.save(), 0);
  }

  show(text) {
    const strip = Object.assign(document.createElement("p"), { className: "note note-soon", textContent: `${this.field.dataset.elsewhere} ${text}` });
    this.field.before(strip);
  }

  say(words) {
    const place = this.form.querySelector("[data-notes-state]");
    if (place) place.textContent = words;
  }
}

const field = document.querySelector("textarea[data-notes]");
const notes = field && new Notes(field);

if (notes) {
  let going = false;
  // Who leaves the page by another button takes the notes along, and waits for them a moment. What is not saved by then
  // is kept in this browser and sent when the page opens again.
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (going || target === notes.form || !notes.isDirty) return;
    event.preventDefault();
    const held = new Promise((done) => setTimeout(done, LONGEST_HOLD));
    Promise.race([notes.save(), held]).then(() => {
      going = true;
      target.requestSubmit(submitter);
    });
  });
  addEventListener("pagehide", () => notes.isDirty && notes.save());
}
