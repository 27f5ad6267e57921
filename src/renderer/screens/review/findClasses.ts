/**
 * Classes that match a typed text, best first: the same name, names that begin with it, then those that contain it;
 * case ignored, the list's order kept among equals. Everything when nothing is typed.
 */
export function findClasses(classes: readonly string[], text: string): string[] {
  const needle = text.trim().toLocaleLowerCase();
  if (needle === '') return [...classes];
  const scored = classes.map((label, place) => ({ label, place, score: score(label.toLocaleLowerCase(), needle) }));
  return scored
    .filter((one) => one.score < 3)
    .sort((a, b) => a.score - b.score || a.place - b.place)
    .map(({ label }) => label);
}

function score(label: string, needle: string): number {
  if (label === needle) return 0;
  if (label.startsWith(needle)) return 1;
  return label.includes(needle) ? 2 : 3;
}
