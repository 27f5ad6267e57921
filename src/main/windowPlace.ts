import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';

/** In the units of the screen, from the top left corner of the first display. */
interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const coordinate = z.int().min(-100_000).max(100_000);
const placeSchema = z.object({
  x: coordinate,
  y: coordinate,
  width: z.int().min(1).max(100_000),
  height: z.int().min(1).max(100_000),
  maximised: z.boolean(),
});
/** Where a window was when it was closed: its size before it was maximised, and whether it was. */
type WindowPlace = z.infer<typeof placeSchema>;

export const leastSize = { width: 720, height: 480 } as const;
const usualSize = { width: 1440, height: 900 } as const;
/** So much of the top edge has to be on a display for somebody to get hold of the window. */
const grip = { width: 160, height: 32 } as const;

/**
 * Where the window opens: where it was, as large as its display allows; in the middle of the first display where it was
 * never open, or where it was is no display any more.
 * @param displays without what panels take; the first is the usual one
 */
export function fitPlace(
  place: WindowPlace | undefined,
  displays: readonly [Area, ...Area[]],
): Area & Pick<WindowPlace, 'maximised'> {
  const home = place === undefined ? undefined : displays.find((display) => isInReach(place, display));
  const [first] = displays;
  const area = home ?? first;
  const wanted = place ?? usualSize;
  const width = Math.min(area.width, Math.max(leastSize.width, wanted.width));
  const height = Math.min(area.height, Math.max(leastSize.height, wanted.height));
  const maximised = place?.maximised ?? false;
  if (place === undefined || home === undefined) {
    const x = area.x + Math.floor((area.width - width) / 2);
    return { x, y: area.y + Math.floor((area.height - height) / 2), width, height, maximised };
  }
  return { x: place.x, y: place.y, width, height, maximised };
}

function isInReach({ x, y, width }: Area, display: Area): boolean {
  const shown = Math.min(x + width, display.x + display.width) - Math.max(x, display.x);
  return shown >= grip.width && y >= display.y && y + grip.height <= display.y + display.height;
}

/** The window's last place, in `window.json`; a missing or damaged file means the usual one. */
export class WindowPlaceStore {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'window.json');
  }

  read(): WindowPlace | undefined {
    try {
      const parsed = placeSchema.safeParse(JSON.parse(readFileSync(this.#file, 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** At once: the application may be about to end. A disk that is full costs the place, not the window. */
  write(place: WindowPlace): void {
    try {
      writeFileAtomic.sync(this.#file, `${JSON.stringify(place)}\n`);
    } catch {
      // It opens where it usually does.
    }
  }
}
