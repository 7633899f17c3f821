export type TextBlock =
  | { kind: 'text'; text: string }
  | { kind: 'table'; header: string[]; rows: string[][] };

const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };

/** What stands for a sign that would be markup by itself. */
function unescapeCell(cell: string): string {
  return cell.replace(/\\([\\`*_{}[\]()>#+.!|-])|&(?:lt|gt|quot|amp);/g, (found, sign?: string) => sign ?? entities[found] ?? found);
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => unescapeCell(cell.trim()));
}

const isRule = (line: string) => /^\s*\|?\s*:?-{3,}/.test(line) && /^[\s|:-]+$/.test(line);

/**
 * Splits Markdown into plain text and tables. Nothing is turned into HTML: the caller shows the
 * strings as text, so that a logged text cannot become part of the page.
 */
export function parseMarkdown(markdown: string): TextBlock[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: TextBlock[] = [];
  let text: string[] = [];
  const flush = () => {
    const joined = text.join('\n').trim();
    if (joined) blocks.push({ kind: 'text', text: joined });
    text = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (!line.includes('|') || !isRule(lines[i + 1] ?? '')) {
      text.push(line);
      continue;
    }
    flush();
    const header = cells(line);
    const rows: string[][] = [];
    for (i += 2; i < lines.length && (lines[i] ?? '').includes('|'); i++) rows.push(cells(lines[i] ?? ''));
    i--;
    blocks.push({ kind: 'table', header, rows });
  }
  flush();
  return blocks;
}
