import { shellClient } from '../client/shellClient';
import { useAppCommands } from './appCommands';
import { useEngineEvents } from './engineEvents';

/** Everything the window listens to, for the root component; what was said before is heard now. */
export function useWindowEvents(): void {
  useEngineEvents();
  useAppCommands();
  shellClient.settle();
}
