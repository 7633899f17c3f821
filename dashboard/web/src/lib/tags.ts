const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Order for names with numbers in them: "layer2" before "layer10". */
export function naturalCompare(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

export interface TagGroup<T> {
  name: string;
  items: T[];
}

/** The text before the first '/', or the whole tag when it has none. */
export function groupOf(tag: string): string {
  const slash = tag.indexOf('/');
  return slash > 0 ? tag.slice(0, slash) : tag;
}

// What everybody looks at first comes first.
const FIRST = ['Loss', 'Accuracy', 'LearningRate'];

function rank(group: string): number {
  const index = FIRST.findIndex((name) => name.toLowerCase() === group.toLowerCase());
  return index < 0 ? FIRST.length : index;
}

/** True for the groups that a visitor wants to see at once. */
export function isMainGroup(group: string): boolean {
  return rank(group) < FIRST.length;
}

/** Groups items by their tag's group; groups and tags in natural order, the main groups first. */
export function groupTags<T extends { tag: string }>(items: readonly T[]): TagGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = groupOf(item.tag);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups]
    .map(([name, members]) => ({
      name,
      items: members.sort((a, b) => naturalCompare(a.tag, b.tag)),
    }))
    .sort((a, b) => rank(a.name) - rank(b.name) || naturalCompare(a.name, b.name));
}
