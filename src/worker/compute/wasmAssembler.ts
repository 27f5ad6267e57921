/**
 * Just enough of an assembler to write small kernels as WebAssembly with 128-bit vectors: functions without results over one imported memory.
 * Instructions are numbers appended to a list; see the WebAssembly core specification, chapter 5 ("Binary format").
 */
export type Code = readonly number[];

/** How the binary format writes the types. */
const typeCodes = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;
export type WasmType = keyof typeof typeCodes;

/** A local variable of a function by its number: parameters first. */
export type Local = number;

export interface WasmFunction {
  readonly name: string;
  /** All parameters are i32. */
  readonly parameters: number;
  /** Types of the locals beyond the parameters, numbered on from them. */
  readonly locals: readonly WasmType[];
  readonly body: Code;
}

/** A module that imports `env.memory` and exports the functions. */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [typeCodes.i32])),
    ...vector([]),
  ]);
  const memory = [...name('env'), ...name('memory'), 0x02, 0x00, ...unsigned(1)];
  const exported = functions.map((one, index) => [...name(one.name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [...unsigned(1), typeCodes[type]])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(exported)),
    ...section(10, vector(bodies)),
  ]);
}

/** Instructions with their operands, as nested expressions. */
export const op = {
  i32: (value: number): Code => [0x41, ...signed(value)],
  get: (local: Local): Code => [0x20, ...unsigned(local)],
  set: (local: Local): Code => [0x21, ...unsigned(local)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  sub: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  mul: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  and: (a: Code, b: Code): Code => [...a, ...b, 0x71],

  f64Load: (address: Code): Code => [...address, 0x2b, 0x03, 0x00],
  f64LoadF32: (address: Code): Code => [...address, 0x2a, 0x02, 0x00, 0xbb],
  f64Store: (address: Code, value: Code): Code => [...address, ...value, 0x39, 0x03, 0x00],
  f64Add: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
  f64Mul: (a: Code, b: Code): Code => [...a, ...b, 0xa2],

  /** Two f64 from any address, `offset` bytes on. */
  load2: (address: Code, offset: number): Code => [...address, ...simd(0), 0x00, ...unsigned(offset)],
  /** Two f32, widened. */
  load2F32: (address: Code, offset: number): Code => [...address, ...simd(93), 0x00, ...unsigned(offset), ...simd(95)],
  store2: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(11),
    0x00,
    ...unsigned(offset),
  ],
  splat2: (value: Code): Code => [...value, ...simd(20)],
  lane: (value: Code, lane: 0 | 1): Code => [...value, ...simd(33), lane],
  add2: (a: Code, b: Code): Code => [...a, ...b, ...simd(240)],
  mul2: (a: Code, b: Code): Code => [...a, ...b, ...simd(242)],
  zero2: [...simd(12), ...new Array<number>(16).fill(0)] as Code,
} as const;

/** while (local < limit) body; `local` is compared unsigned. */
export function whileBelow(local: Local, limit: Code, body: Code): Code {
  const leave = [...op.get(local), ...limit, 0x4f, 0x0d, 0x01];
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...body, 0x0c, 0x00, 0x0b, 0x0b];
}

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return vector(Array.from(text, (letter) => [letter.charCodeAt(0)]));
}

/** LEB128. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const done = (rest >> 7 === 0 && (byte & 0x40) === 0) || (rest >> 7 === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}
