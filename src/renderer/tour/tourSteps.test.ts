import { describe, expect, it } from 'vitest';
import { stepAfter, type TourFacts, tourSteps } from './tourSteps';

const start: TourFacts = { screen: 'home', isOpen: false, audited: false, decided: 0 };
const titleAt = (at: number): string => tourSteps[at].title;

describe('the tour', () => {
  it('moves on once what it asks for was done, and waits where there is only something to read', () => {
    const opened = { ...start, screen: 'data', isOpen: true };
    expect(stepAfter(0, start)).toBe(0);
    expect(titleAt(stepAfter(0, opened))).toBe('See what Assay made of the columns');
    expect(titleAt(stepAfter(0, { ...opened, screen: 'audit' }))).toBe('Run the audit');
    const reviewing = { ...opened, screen: 'review', audited: true };
    expect(titleAt(stepAfter(0, reviewing))).toBe('Decide about the first row');
    expect(titleAt(stepAfter(0, { ...reviewing, decided: 3 }))).toBe('Go on like this, and change your mind');
    expect(titleAt(stepAfter(6, { ...reviewing, screen: 'what-if' }))).toBe('Prove it');
  });

  it('never goes back, nor past its end', () => {
    expect(stepAfter(5, start)).toBe(5);
    expect(stepAfter(tourSteps.length - 1, { ...start, screen: 'export', isOpen: true, audited: true })).toBe(
      tourSteps.length - 1,
    );
  });
});
