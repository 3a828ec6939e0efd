// Every behaviour listens on the document, so what htmx swaps in later works without being told.
import "./keyboard.js";
import "./search.js";
import "./drawer.js";
import "./drafts.js";
import "./entry.js";
import "./field.js";
import "./forms.js";
import "./lists.js";
import "./live.js";
import "./messages.js";
import "./network.js";
import "./notices.js";
import "./pictures.js";
import "./signature.js";
import "./small.js";
import "./timeline.js";
import "./times.js";

// htmx would begin by a timer, which a browser under load may serve after the first key or tap: a link that should open
// the drawer would then be followed. After the imports, because they listen to what htmx does first.
window.htmx.initialize();
