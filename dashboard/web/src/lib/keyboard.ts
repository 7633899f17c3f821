/** True when a key belongs to a field or a modifier, and must not be taken for a shortcut. */
export function belongsToField(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

const KEY = 'suar-shortcuts';

/** Whether single keys are shortcuts. Speech input and some hands need them off (WCAG 2.1.4). */
export function loadShortcuts(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true; // storage is forbidden
  }
}

export function saveShortcuts(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'off');
  } catch {
    // storage is forbidden: the choice lasts as long as the page
  }
}
