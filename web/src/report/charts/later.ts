// Runs drawings one per task, so that a change that touches every chart never blocks the page for
// their sum. A newer drawing of the same chart replaces the one that waits.

const waiting = new Map<object, () => void>();
let running = false;

function next(): void {
  const [entry] = waiting;
  if (!entry) {
    running = false;
    return;
  }
  waiting.delete(entry[0]);
  entry[1]();
  setTimeout(next, 0);
}

export function later(owner: object, draw: () => void): void {
  waiting.set(owner, draw);
  if (running) return;
  running = true;
  setTimeout(next, 0);
}

export function forget(owner: object): void {
  waiting.delete(owner);
}
