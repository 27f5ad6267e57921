import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReviewOverview } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { useRedoWarning } from './redoWarning';

const call = vi.spyOn(engineClient, 'call');
/** What the engine says of the review; only the changes that could be redone are looked at. */
const withRedo = (redoCount: number): ReviewOverview => ({ redoCount }) as unknown as ReviewOverview;

describe('asking before undone changes are dropped by what is decided elsewhere', () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    call.mockReset();
  });

  it.each([true, false])('asks where several could be redone, and does as the person says: %s', async (answer) => {
    const warning = useRedoWarning();
    call.mockResolvedValueOnce(withRedo(3));
    const asked = warning.mayDrop();
    await vi.waitFor(() => expect(warning.question?.count).toBe(3));
    warning.question?.answer(answer);
    expect(await asked).toBe(answer);
    expect(warning.question).toBeNull();
  });

  it('does not ask for nothing, or where the engine cannot say', async () => {
    const warning = useRedoWarning();
    call.mockResolvedValueOnce(withRedo(0));
    expect(await warning.mayDrop()).toBe(true);
    call.mockRejectedValueOnce(new Error('gone'));
    expect(await warning.mayDrop()).toBe(true);
    expect(warning.question).toBeNull();
  });
});
