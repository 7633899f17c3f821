export interface Filter {
  matches: (text: string) => boolean;
  /** What is wrong with the pattern, or undefined. A wrong pattern matches everything. */
  error: string | undefined;
}

/** A filter by regular expression that does not care for case. It never throws. */
export function makeFilter(pattern: string): Filter {
  if (pattern === '') return { matches: () => true, error: undefined };
  try {
    const expression = new RegExp(pattern, 'i');
    return { matches: (text) => expression.test(text), error: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*?: (?:\/.*\/\w*: )?/, '') : '';
    return { matches: () => true, error: `Not a regular expression: ${reason}` };
  }
}
