/**
 * How often the `limit` words that occur in most texts occur in each text. A word is two letters or more, case ignored;
 * words in equally many texts are taken in alphabetical order.
 * @param {readonly string[]} texts
 * @param {number} limit
 * @returns {{words: string[], counts: number[][]}}
 */
export function countWords(texts, limit) {
  const own = texts.map((text) => {
    const counts = new Map();
    for (const [word] of text.toLowerCase().matchAll(/\p{L}{2,}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  });
  const spread = new Map();
  for (const counts of own) for (const word of counts.keys()) spread.set(word, (spread.get(word) ?? 0) + 1);
  const words = [...spread.entries()]
    .sort(([a, inA], [b, inB]) => inB - inA || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([word]) => word);
  return { words, counts: own.map((counts) => words.map((word) => counts.get(word) ?? 0)) };
}
