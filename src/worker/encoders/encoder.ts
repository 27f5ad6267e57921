import * as z from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const fileName = z.string().regex(/^[\w-][\w.-]*$/);

const shared = {
  version: z.literal(1),
  /** What people know it by. */
  name: z.string().min(1).max(200),
  /** The ONNX file in the same folder, and the SHA-256 of it. */
  model: fileName,
  sha256: hash,
  /** Length of a vector. */
  numbers: z.int().min(1).max(65_536),
};

/** What is written beside a model, in encoder.json: all that decides what vector becomes of a text or a picture. */
export const encoderSettingsSchema = z.discriminatedUnion('kind', [
  z.object({
    ...shared,
    kind: z.literal('text'),
    /** A tokenizer.json as Hugging Face's tokenizers write it. Its own truncation and padding are not used. */
    tokenizer: fileName,
    /** Longer texts are cut to so many tokens, the special ones at both ends counted. */
    tokens: z.int().min(8).max(8_192),
    /**
     * The vector is the mean over the vectors of all tokens, the special ones too; or that of the first token; or what
     * the network has made of the text itself.
     */
    pooling: z.enum(['mean', 'first', 'none']),
    /** Divide vectors by their length. */
    normalise: z.boolean(),
  }),
  z.object({
    ...shared,
    kind: z.literal('pictures'),
    /** Pictures are side × side pixels. */
    side: z.int().min(8).max(1_024),
    /** Of each colour the network gets (value − mean) / deviation, values 0 to 255; red, green, blue. */
    mean: z.array(z.number()).length(3),
    deviation: z.array(z.number().positive()).length(3),
    /** Colours one after the other, or pixel by pixel. Left out: colours. */
    layout: z.enum(['colours', 'pixels']).optional(),
  }),
]);
export type EncoderSettings = z.infer<typeof encoderSettingsSchema>;
export type EncoderKind = EncoderSettings['kind'];
export type TextEncoderSettings = Extract<EncoderSettings, { kind: 'text' }>;
export type PictureEncoderSettings = Extract<EncoderSettings, { kind: 'pictures' }>;

/** An encoder on this machine, its files as they should be. */
export interface Encoder {
  readonly settings: EncoderSettings;
  /** Where its files are. */
  readonly folder: string;
  /** Of texts, where the tokenizer lies elsewhere. */
  readonly tokenizerFile?: string;
  /** SHA-256 of all that decides the vectors: files, settings, and how this version of Assay uses them. */
  readonly key: string;
}

/** What is encoded: a text, or the pixels of a picture, row by row, red, green, blue. */
export type EncoderItem = string | Uint8Array;
