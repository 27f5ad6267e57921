import { defineStore } from 'pinia';
import type { EngineResult } from '../../contract/engineApi';
import { engineClient } from '../client/engineClient';

/** What is wrong in the rows of the file; the list can be long, so it is read by page and not kept. */
export const useIssues = defineStore('issues', () => {
  function readIssues(offset: number, limit: number): Promise<EngineResult<'dataset.issues'>> {
    return engineClient.call('dataset.issues', { offset, limit });
  }
  return { readIssues };
});
