/**
 * A few words of WebAssembly, enough to write kernels with vector instructions (WebAssembly core specification 2.0,
 * "Binary Format"). An expression is the bytes that leave its value on the stack; an instruction those that leave
 * nothing.
 */
export type Code = readonly number[];
type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

const typeBytes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    if ((value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const operation =
  (...bytes: readonly number[]) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), ...bytes];
/** Alignment is a hint only: 0 promises none. */
const access =
  (...bytes: readonly number[]) =>
  (address: Code, offset = 0): Code => [...address, ...bytes, 0, ...unsigned(offset)];

export const constant = (value: number): Code => [0x41, ...signed(value)];

/** Operations on 32-bit integers; comparisons are signed. */
export const i32 = {
  add: operation(0x6a),
  sub: operation(0x6b),
  mul: operation(0x6c),
  divide: operation(0x6d),
  and: operation(0x71),
  shl: operation(0x74),
  eq: operation(0x46),
  lt: operation(0x48),
  gt: operation(0x4a),
  le: operation(0x4c),
  ge: operation(0x4e),
  xor: operation(0x73),
  /** The sign in all bits. */
  sign: (value: Code): Code => [...value, ...constant(31), 0x75],
  /** The bits of a float32, and of a float32's bits the number. */
  bitsOf: operation(0xbc),
  load: access(0x28),
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x36, 0, ...unsigned(offset)],
} as const;

/** Operations on 64-bit integers; comparisons are signed. */
export const i64 = {
  lt: operation(0x53),
  le: operation(0x57),
  ge: operation(0x59),
  /** high·2³² + low, of a signed and of an unsigned 32-bit integer. */
  join: (high: Code, low: Code): Code => [...high, 0xac, 0x42, 32, 0x86, ...low, 0xad, 0x84],
  load: access(0x29),
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x37, 0, ...unsigned(offset)],
} as const;

export const f32 = {
  add: operation(0x92),
  mul: operation(0x94),
  lt: operation(0x5d),
  max: operation(0x97),
  constant: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  load: access(0x2a),
} as const;

export const f64 = {
  add: operation(0xa0),
  sub: operation(0xa1),
  mul: operation(0xa2),
  gt: operation(0x64),
  zero: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] as Code,
  load: access(0x2b),
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x39, 0, ...unsigned(offset)],
  /** A 32-bit number of memory in double precision. */
  loadSingle: (address: Code, offset = 0): Code => [...access(0x2a)(address, offset), 0xbb],
} as const;

/** Operations on 128 bits. */
export const v128 = {
  load: access(0xfd, 0x00),
  /** The lower 64 bits from memory, zeros above. */
  loadHalf: access(0xfd, 0x5d),
  /** The lowest 32 bits from memory, zeros above; and one lane of 32 bits, the others as they are in `vector`. */
  loadSingle: access(0xfd, 0x5c),
  loadLane: (address: Code, vector: Code, lane: number): Code => [...address, ...vector, 0xfd, 0x56, 0, 0, lane],
  storeLane: (address: Code, vector: Code, lane: number): Code => [...address, ...vector, 0xfd, 0x5a, 0, 0, lane],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0xfd, 0x0b, 0, ...unsigned(offset)],
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  and: operation(0xfd, 0x4e),
  xor: operation(0xfd, 0x51),
  /** Bits of `a` where those of `mask` are set, else of `b`. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, 0xfd, 0x52],
  anyTrue: operation(0xfd, 0x53),
} as const;

export const i32x4 = {
  splat: operation(0xfd, 0x11),
  lane: (vector: Code, lane: number): Code => [...vector, 0xfd, 0x1b, lane],
  add: operation(0xfd, 0xae, 0x01),
  eq: operation(0xfd, 0x37),
  ge: operation(0xfd, 0x3f),
  shl: (vector: Code, by: number): Code => [...vector, ...constant(by), 0xfd, 0xab, 0x01],
  /** The sign of each lane in all its bits. */
  signs: (vector: Code): Code => [...vector, ...constant(31), 0xfd, 0xac, 0x01],
} as const;

export const f32x4 = {
  splat: operation(0xfd, 0x13),
  ge: operation(0xfd, 0x46),
  lane: (vector: Code, lane: number): Code => [...vector, 0xfd, 0x1f, lane],
  add: operation(0xfd, 0xe4, 0x01),
  sub: operation(0xfd, 0xe5, 0x01),
  mul: operation(0xfd, 0xe6, 0x01),
  divide: operation(0xfd, 0xe7, 0x01),
  /** The lesser and the greater of two; a first operand that is not a number stays so. */
  least: operation(0xfd, 0xea, 0x01),
  greatest: operation(0xfd, 0xeb, 0x01),
  /** The same number in all lanes. */
  constant: (value: number): Code => [
    ...[0xfd, 0x0c],
    ...new Uint8Array(Float32Array.of(value, value, value, value).buffer),
  ],
} as const;

export const f64x2 = {
  splat: operation(0xfd, 0x14),
  add: operation(0xfd, 0xf0, 0x01),
  sub: operation(0xfd, 0xf1, 0x01),
  mul: operation(0xfd, 0xf2, 0x01),
  lane: (vector: Code, lane: number): Code => [...vector, 0xfd, 0x21, lane],
  /** The lower two of four 32-bit numbers in double precision. */
  promote: operation(0xfd, 0x5f),
} as const;

export interface Variable {
  readonly get: Code;
  readonly set: (value: Code) => Code;
  /** Adds a number to an i32. */
  readonly step: (by: number) => Code;
}

/** Repeats `body` as long as `condition` is not 0. */
export function whileLoop(condition: Code, ...body: readonly Code[]): Code {
  // Out of the block where the condition fails, else round again.
  return [0x02, 0x40, 0x03, 0x40, ...condition, 0x45, 0x0d, 1, ...body.flat(), 0x0c, 0, 0x0b, 0x0b];
}

export function when(condition: Code, ...body: readonly Code[]): Code {
  return [...condition, 0x04, 0x40, ...body.flat(), 0x0b];
}

export const leave: Code = [0x0f];

export class FunctionWriter {
  readonly parameters: readonly Variable[];
  readonly #types: ValueType[];
  readonly #parameterCount: number;

  constructor(
    types: readonly ValueType[],
    readonly result?: ValueType,
  ) {
    this.#types = [...types];
    this.#parameterCount = types.length;
    this.parameters = types.map((_, i) => variable(i));
  }

  local(type: ValueType = 'i32'): Variable {
    this.#types.push(type);
    return variable(this.#types.length - 1);
  }

  locals(count: number, type: ValueType = 'i32'): Variable[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  type(): Code {
    const parameters = this.#types.slice(0, this.#parameterCount).map((type) => typeBytes[type]);
    const results = this.result === undefined ? [] : [typeBytes[this.result]];
    return [0x60, ...vector(parameters.map((byte) => [byte])), ...vector(results.map((byte) => [byte]))];
  }

  code(body: Code): Code {
    const locals = this.#types.slice(this.#parameterCount).map((type) => [1, typeBytes[type]]);
    const code = [...vector(locals), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  }
}

function variable(index: number): Variable {
  const get = [0x20, ...unsigned(index)];
  const set = (value: Code): Code => [...value, 0x21, ...unsigned(index)];
  return { get, set, step: (by) => set(i32.add(get, constant(by))) };
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

export const call = (index: number, ...operands: readonly Code[]): Code => [
  ...operands.flat(),
  0x10,
  ...unsigned(index),
];

/** One function of a module; numbered in the order given. */
export interface WasmFunction {
  readonly name: string;
  readonly writer: FunctionWriter;
  readonly body: Code;
}

/** The most pages that a memory can have. */
const mostPages = 65_536;

/**
 * A module with one imported memory (module `host`, name `memory`), at least `pages` of 64 KiB, that exports all
 * functions. A memory is either shared between threads or not, and the module made for one of the two.
 */
export function assembleModule(
  functions: readonly WasmFunction[],
  pages: number,
  isShared = false,
): Uint8Array<ArrayBuffer> {
  const limits = isShared ? [0x03, ...unsigned(pages), ...unsigned(mostPages)] : [0x00, ...unsigned(pages)];
  const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
  const text = (name: string): number[] => vector([...name].map((character) => [character.charCodeAt(0)]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(functions.map(({ writer }) => writer.type()))),
    ...section(2, vector([[...text('host'), ...text('memory'), 0x02, ...limits]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(functions.map(({ writer, body }) => writer.code(body)))),
  ]);
}
