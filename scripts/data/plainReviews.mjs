/** Words of a review that is short enough to be read at a glance, and long enough to say something. */
const fewestWords = 12;
const mostWords = 60;
/** A word that begins with a capital is no name where it is written small so often elsewhere. */
const commonWord = 5;
const wordPattern = /[A-Za-z']+/g;
const middleCapital = /(?<=[a-z,;] )[A-Z][a-z']+/g;
const firstPerson = new Set(['I', "I'm", "I've", "I'd", "I'll", 'A']);
/** Nothing of markup and addresses, and nothing about bodies, illness and belief, or that swears. */
const unwanted =
  /<|http|@|\b(damn|hell|crap|shit|fuck\w*|sex\w*|idiot\w*|stupid|gay|god|jesus|kill\w*|die[ds]?|dead|drunk|ass|hate\w*|puke|vomit\w*|urine|pee|poop\w*|diarrhea|sick|cancer|diabet\w*)\b/i;

/**
 * Reviews without names of people, places and makers, as far as capitals and the words of all reviews tell: no word
 * with a capital in the middle of a sentence, none at a beginning that is not written small elsewhere, and no word that
 * no other review has.
 *
 * @param {readonly string[]} reviews
 * @returns {number[]} places of those that are plain, in order
 */
export function findPlainReviews(reviews) {
  const counts = new Map();
  for (const review of reviews) {
    for (const word of review.match(wordPattern) ?? []) {
      if (word === word.toLowerCase()) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const isKnown = (word) => {
    if (firstPerson.has(word)) return true;
    const seen = counts.get(word.toLowerCase()) ?? 0;
    return seen >= (/^[A-Z]/.test(word) ? commonWord : 2);
  };
  return reviews.flatMap((review, place) => {
    const words = review.match(wordPattern) ?? [];
    const isPlain =
      words.length >= fewestWords &&
      words.length <= mostWords &&
      !unwanted.test(review) &&
      words.every(isKnown) &&
      (review.match(middleCapital) ?? []).every((word) => firstPerson.has(word));
    return isPlain ? [place] : [];
  });
}
