// htmx would begin by a timer, which a browser under load may serve after the first key or tap: a link that should open
// the drawer would then be followed.
window.htmx.initialize();
