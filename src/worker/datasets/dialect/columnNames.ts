import { listed } from '../../../core/base/listed';
import type { Note } from '../note';

/**
 * Display names of columns: the header's text, trimmed; "column 3" for a blank one; "age (2)" for the second "age". Any
 * text is an ordinary name ("__proto__" too): names are only ever keys of Maps.
 */
export function nameColumns(header: readonly string[] | null, count: number): { names: string[]; notes: Note[] } {
  const notes: Note[] = [];
  const wanted = Array.from({ length: count }, (_, index) => header?.[index]?.trim() ?? '');
  const taken = new Set(wanted.filter((name) => name !== ''));
  const seen = new Set<string>();
  const renamed: string[] = [];
  const names = wanted.map((name, index) => {
    const base = name === '' ? `column ${index + 1}` : name;
    if (!seen.has(base) && (name !== '' || !taken.has(base))) {
      seen.add(base);
      return base;
    }
    let suffix = 2;
    while (seen.has(`${base} (${suffix})`) || taken.has(`${base} (${suffix})`)) suffix++;
    const unique = `${base} (${suffix})`;
    seen.add(unique);
    if (name !== '') renamed.push(`column ${index + 1} is "${unique}"`);
    return unique;
  });
  if (renamed.length > 0) {
    notes.push({ level: 'warning', text: `The header repeats names; they are told apart here: ${listed(renamed)}.` });
  }
  const blank = header === null ? 0 : wanted.filter((name) => name === '').length;
  if (blank > 0) {
    notes.push({
      level: 'info',
      text: blank === 1 ? 'One column has no name in the header.' : `${blank} columns have no name in the header.`,
    });
  }
  return { names, notes };
}
