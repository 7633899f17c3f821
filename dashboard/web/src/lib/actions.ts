/** Tells whether an element is near the visible part of the page. */
export function watchVisible(node: HTMLElement, onChange: (visible: boolean) => void) {
  const observer = new IntersectionObserver(
    (entries) => onChange(entries.some((entry) => entry.isIntersecting)),
    { rootMargin: '200px' },
  );
  observer.observe(node);
  return { destroy: () => observer.disconnect() };
}

export interface Size {
  width: number;
  height: number;
}

/** Tells the size of an element's content in CSS pixels, now and whenever it changes. */
export function watchSize(node: HTMLElement, onChange: (size: Size) => void) {
  const observer = new ResizeObserver((entries) => {
    const box = entries[entries.length - 1]?.contentRect;
    if (box) onChange({ width: Math.floor(box.width), height: Math.floor(box.height) });
  });
  observer.observe(node);
  return { destroy: () => observer.disconnect() };
}
