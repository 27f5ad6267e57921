import type { Command } from '../stores/commands';

/**
 * Commands whose title, group or words contain every word of the query, case ignored; those whose title begins with it
 * first, then those with a word that does, then the rest, else in the order given. An empty query finds all.
 */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...commands];
  const whole = wanted.join(' ');
  return commands
    .map((command, order) => {
      const title = command.title.toLowerCase();
      const text = `${title} ${command.group} ${command.words ?? ''}`.toLowerCase();
      const found = wanted.every((word) => text.includes(word));
      const atWord = wanted.every((word) => ` ${text}`.includes(` ${word}`));
      return { command, order, found, place: title.startsWith(whole) ? 0 : atWord ? 1 : 2 };
    })
    .filter((one) => one.found)
    .sort((a, b) => a.place - b.place || a.order - b.order)
    .map((one) => one.command);
}
