import type { ListLayout } from './listKernel';
import { indexed, noPosition, offerToList, positionMask, roundShift } from './listKernel';
import type { Code, Variable, WasmFunction } from '../wasmAssembler';
import {
  assembleModule,
  call,
  constant,
  FunctionWriter,
  i32,
  i32x4,
  leave,
  v128,
  when,
  whileLoop,
} from '../wasmAssembler';

/** Where rows and their lists lie in the memory of a kernel; addresses in bytes. There is a list for each row. */
export interface PairLayout extends ListLayout {
  /** 16-bit numbers of a row; a multiple of 8. */
  readonly columns: number;
  readonly rows: number;
  /** What a row adds to its products as a candidate: −½‖y‖². */
  readonly biases: number;
  /** Last row that was compared with each row. */
  readonly marks: number;
  /** Room for one list, for the rows to compare a row with (a list of lists at most), and for their products. */
  readonly scratch: number;
  readonly others: number;
  readonly products: number;
}

/** Functions of the kernel's module; they work on the imported memory. */
export interface PairKernel {
  /** Compares row `p` with the `count` rows at `others`, and offers each to the other's list. */
  compare(p: number, count: number): void;
  /**
   * Compares rows [from, to) with the rows in the lists of the rows in their lists, and offers each to the other's list. Ways that were
   * there before the last round are not gone again.
   */
  refine(from: number, to: number): void;
}

/**
 * Comparing rows of 16-bit numbers, in one thread: the score of one row as a candidate of the other is, in whole numbers, their product plus
 * −½‖y‖².
 */
export function createPairKernel(layout: PairLayout, memory: WebAssembly.Memory): PairKernel {
  const functions = [offerToList(layout), offerBoth(layout), compare(layout), refine(layout)];
  const code = assembleModule(functions, 1);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { host: { memory } });
  return exports as unknown as PairKernel; // What assembleModule has just been given.
}

/** offerBoth(p, o, product): each row to the other's list, where it reaches the limit. */
function offerBoth({ biases, limits }: PairLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32']);
  const [p, o, product] = writer.parameters;
  const s = writer.local();
  const oneWay = (to: Variable, row: Variable): Code[] => [
    s.set(i32.add(product.get, i32.load(indexed(biases, row.get)))),
    when(i32.ge(s.get, i32.load(indexed(limits, to.get))), call(0, to.get, row.get, s.get)),
  ];
  const body = [when(i32.eq(p.get, o.get), leave), ...oneWay(p, o), ...oneWay(o, p)].flat();
  return { name: 'offerBoth', writer, body };
}

/** In turns: all products first, so that rows far apart in memory are fetched together; then what follows from them. */
function compare({ columns, rows, others, products }: PairLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32']);
  const [p, count] = writer.parameters;
  const [at, end, a, b] = writer.locals(4);
  const sums = writer.locals(2, 'v128');
  const stride = 2 * columns;
  const address = (row: Code): Code => i32.add(constant(rows), i32.mul(row, constant(stride)));
  const product: Code[] = [];
  for (let offset = 0, k = 0; offset < stride; offset += 16, k++) {
    const part = i32x4.dot16(v128.load(a.get, offset), v128.load(b.get, offset));
    product.push(sums[k % 2].set(k < 2 ? part : i32x4.add(sums[k % 2].get, part)));
  }
  if (columns > 8) product.push(sums[0].set(i32x4.add(sums[0].get, sums[1].get)));
  for (const lanes of [
    [2, 3, 0, 1],
    [1, 0, 3, 2],
  ]) {
    product.push(sums[0].set(i32x4.add(sums[0].get, v128.shuffle32(sums[0].get, sums[0].get, lanes))));
  }
  const body = [
    a.set(address(p.get)),
    end.set(i32.shl(count.get, constant(2))),
    at.set(constant(0)),
    whileLoop(
      i32.lt(at.get, end.get),
      b.set(address(i32.load(at.get, others))),
      ...product,
      i32.store(at.get, i32x4.lane(sums[0].get, 0), products),
      at.step(4),
    ),
    at.set(constant(0)),
    whileLoop(
      i32.lt(at.get, end.get),
      call(1, p.get, i32.load(at.get, others), i32.load(at.get, products)),
      at.step(4),
    ),
  ].flat();
  return { name: 'compare', writer, body };
}

function refine({ capacity, positions, marks, scratch, others, round }: PairLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32']);
  const [from, to] = writer.parameters;
  const [i, list, at, end, other, own, since, needed, found] = writer.locals(9);
  const bytes = 4 * capacity;
  const mark = (row: Variable): Code => i32.store(indexed(marks, row.get), i.get);
  const position = (entry: Code): Code => i32.and(entry, constant(positionMask));
  const body = [
    // What was found in this round or the one before is new.
    since.set(i32.sub(i32.load(constant(round)), constant(2 ** roundShift))),
    i.set(from.get),
    whileLoop(
      i32.lt(i.get, to.get),
      mark(i),
      // The list as it is now: it changes on the way.
      list.set(i32.mul(i.get, constant(bytes))),
      at.set(constant(0)),
      end.set(constant(0)),
      whileLoop(
        i32.lt(at.get, constant(bytes)),
        other.set(i32.load(i32.add(list.get, at.get), positions)),
        i32.store(at.get, other.get, scratch),
        other.set(position(other.get)),
        when(i32.ne(other.get, constant(noPosition)), mark(other), end.step(4)),
        at.step(4),
      ),
      own.set(constant(0)),
      found.set(constant(0)),
      whileLoop(
        i32.lt(own.get, end.get),
        other.set(i32.load(own.get, scratch)),
        // Where the way there is old, only what is new from there on.
        needed.set(since.get),
        when(i32.ge(other.get, since.get), needed.set(constant(0))),
        at.set(i32.mul(position(other.get), constant(bytes))),
        list.set(i32.add(at.get, constant(bytes))),
        whileLoop(
          i32.lt(at.get, list.get),
          other.set(i32.load(at.get, positions)),
          at.step(4),
          when(
            i32.and(i32.ge(other.get, needed.get), i32.ne(other.get, constant(noPosition))),
            other.set(position(other.get)),
            when(
              i32.ne(i32.load(indexed(marks, other.get)), i.get),
              mark(other),
              i32.store(i32.shl(found.get, constant(2)), other.get, others),
              found.step(1),
            ),
          ),
        ),
        own.step(4),
      ),
      call(2, i.get, found.get),
      i.step(1),
    ),
  ].flat();
  return { name: 'refine', writer, body };
}
