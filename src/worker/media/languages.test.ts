import { expect, it } from 'vitest';
import { openLanguages } from './languages';

it.each([
  ['en', 'The meeting of tomorrow morning has been moved to the afternoon.'],
  ['de', 'Die Besprechung von morgen früh wurde auf den Nachmittag verlegt.'],
  ['fr', 'La réunion de demain matin a été déplacée à l’après-midi.'],
  ['es', 'La reunión de mañana por la mañana se ha trasladado a la tarde.'],
  ['pl', 'Jutrzejsze spotkanie zostało przeniesione na popołudnie.'],
  ['tr', 'Yarın sabahki toplantı öğleden sonraya alındı.'],
])('recognises %s', async (language, text) => {
  const scores = (await openLanguages())(text);
  const [best] = Object.entries(scores).sort(([, a], [, b]) => b - a)[0];
  expect(best).toBe(language);
  for (const score of Object.values(scores)) expect(score >= 0 && score <= 1).toBe(true);
});

it('says nothing of what is no language', async () => {
  const recognise = await openLanguages();
  expect(recognise('0x3f 22 -- 7')).toEqual({});
});
