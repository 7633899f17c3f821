const two = (n: number) => String(n).padStart(2, '0');

function dayOf(d: Date): string {
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/**
 * Labels of a time axis (seconds since 1970), as fine as the distance between ticks asks for. The day
 * stands below the first tick and below each one where it changes.
 */
export function timeLabels(ticks: readonly number[], increment: number): string[] {
  let day = '';
  return ticks.map((tick) => {
    const d = new Date(tick * 1000);
    const minutes = `${two(d.getHours())}:${two(d.getMinutes())}`;
    const today = dayOf(d);
    if (increment >= 86400) return today;
    let label = minutes;
    if (increment < 60) label += `:${two(d.getSeconds())}`;
    if (increment < 1) label += `.${String(d.getMilliseconds()).padStart(3, '0')}`;
    if (today !== day) label += `\n${today}`;
    day = today;
    return label;
  });
}
