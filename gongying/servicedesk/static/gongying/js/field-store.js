// The steps that wait on this phone (IndexedDB), in the order in which they were taken; photos lie there, too.
const DATABASE = "gongying-field";
const STEPS = "steps";

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STEPS, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function inStore(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STEPS, mode);
    const asked = work(transaction.objectStore(STEPS));
    // Only what is safely on the disk counts as kept.
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const keep = (step) => inStore("readwrite", (store) => store.put(step));
export const forget = (id) => inStore("readwrite", (store) => store.delete(id));

// Of this person only: a phone may be shared.
export async function waiting(user) {
  const steps = await inStore("readonly", (store) => store.getAll());
  return steps.filter((step) => step.user === user);
}
