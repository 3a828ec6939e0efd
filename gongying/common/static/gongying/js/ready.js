// htmx begins by a timer, which a browser under load may serve after the first key or tap: the browser would then follow a
// link that should have opened the drawer. So its links are ready before any of our keys is listened to.
window.htmx.initialize();
