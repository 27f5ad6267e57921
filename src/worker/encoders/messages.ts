import type { Result } from '../../contract/result';
import type { EncoderItem } from './encoder';

/** Items for a thread to encode, one after the other. */
export interface EncodeMessage {
  readonly kind: 'encode';
  readonly items: readonly EncoderItem[];
  /** One Int32: anything but 0 stops after the item at hand. */
  readonly control: SharedArrayBuffer;
}

/** To end, when the item at hand is done. */
export interface CloseMessage {
  readonly kind: 'close';
}

/** Their vectors, row-major. */
export type EncodeAnswer = Result<Float32Array>;
