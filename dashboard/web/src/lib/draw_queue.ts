const waiting = new Map<object, () => void>();
let scheduled = false;

function drawOne(): void {
  scheduled = false;
  const first = waiting.entries().next();
  if (first.done) return;
  const [key, draw] = first.value;
  waiting.delete(key);
  draw();
  schedule();
}

function schedule(): void {
  if (scheduled || waiting.size === 0) return;
  scheduled = true;
  // Frames stop while the page is hidden, so nothing is drawn then.
  requestAnimationFrame(drawOne);
}

/**
 * Draws later, one card a frame: many charts that change together must not freeze the page. What
 * waits under the same key is replaced.
 */
export function queueDraw(key: object, draw: () => void): void {
  waiting.set(key, draw);
  schedule();
}

/** Forgets what waits under the key. */
export function cancelDraw(key: object): void {
  waiting.delete(key);
}
