/**
 * What `leftOutRows.ts` does with two rows side by side, whose sums need not wait for each other: entry e of theirs
 * stands at 2e and 2e + 1, or at 2e + lane for one of them. The likeliest class of each changes places with the last
 * one. What the letters mean is said there.
 *
 * Plain functions of typed arrays: V8 throws away what it has compiled of a class once no instance is left, and every
 * audit would begin in the interpreter.
 */

/** p and r of one row; returns its likeliest class. */
export function loadRow(
  lane: number,
  K: number,
  z: Float64Array,
  from: number,
  label: number,
  p: Float64Array,
  r: Float64Array,
): number {
  const last = 2 * (K - 1) + lane;
  let likeliest = 0;
  for (let c = 1; c < K; c++) if (z[from + c] > z[from + likeliest]) likeliest = c;
  const largest = z[from + likeliest];
  let others = 0;
  for (let c = 0, at = lane; c < K; c++, at += 2) {
    const e = c === likeliest ? 0 : Math.exp(z[from + c] - largest);
    p[at] = e;
    others += e;
  }
  const own = 2 * likeliest + lane;
  p[own] = p[last];
  p[last] = 1;
  const share = 1 / (1 + others);
  for (let at = lane; at <= last; at += 2) r[at] = p[at] *= share;
  // p − 1 of the likeliest class is the negative sum of the others.
  const at = label === likeliest ? last : label === K - 1 ? own : 2 * label + lane;
  r[at] = at === last ? -others * share : p[at] - 1;
  return likeliest;
}

/** W of both rows. */
export function gatherForms(forms: readonly Float64Array[], even: number, odd: number, w: Float64Array): void {
  for (let form = 0, to = 0; to < w.length; form++, to += 2) {
    const values = forms[form];
    w[to] = values[even];
    w[to + 1] = values[odd];
  }
}

/** Rows and columns `c` and K − 1 of W change places. */
export function swapClasses(lane: number, K: number, c: number, w: Float64Array): void {
  if (c === K - 1) return;
  const own = c * (c + 1) + lane;
  const last = K * (K - 1) + lane;
  for (let b = 0; b < K - 1; b++) {
    // W_cc goes where that of the last class is, and W of the two with each other stays.
    const from = b < c ? own + 2 * b : b === c ? own + 2 * c : b * (b + 1) + lane + 2 * c;
    const to = b === c ? last + 2 * (K - 1) : last + 2 * b;
    const held = w[from];
    w[from] = w[to];
    w[to] = held;
  }
}

/** Wr of both rows. */
export function multiplyForms(K: number, w: Float64Array, r: Float64Array, moved: Float64Array): void {
  for (let a = 0, at = 0; a < 2 * K; a += 2, at += 2) {
    const r0 = r[a];
    const r1 = r[a + 1];
    let s0 = 0;
    let s1 = 0;
    for (let b = 0; b < a; b += 2, at += 2) {
      const w0 = w[at];
      const w1 = w[at + 1];
      s0 += w0 * r[b];
      s1 += w1 * r[b + 1];
      moved[b] += w0 * r0;
      moved[b + 1] += w1 * r1;
    }
    moved[a] = s0 + w[at] * r0;
    moved[a + 1] = s1 + w[at + 1] * r1;
  }
}

/** u, Y, (I − τuuᵀ)D^½E·Wr as its last row, and h. */
export function scaleForms(
  K: number,
  p: Float64Array,
  w: Float64Array,
  moved: Float64Array,
  u: Float64Array,
  h: Float64Array,
  y: Float64Array,
): void {
  const size = 2 * (K - 1);
  // W's last row is that of the likeliest class.
  const own = K * (K - 1);
  let at = 0;
  let through0 = 0;
  let through1 = 0;
  for (let a = 0; a < size; a += 2) {
    const u0 = Math.sqrt(p[a]);
    const u1 = Math.sqrt(p[a + 1]);
    u[a] = u0;
    u[a + 1] = u1;
    const left0 = w[own + size] - w[own + a];
    const left1 = w[own + size + 1] - w[own + a + 1];
    let s0 = 0;
    let s1 = 0;
    for (let b = 0; b < a; b += 2, at += 2) {
      const o0 = u[b];
      const o1 = u[b + 1];
      const y0 = u0 * o0 * (w[at] - w[own + b] + left0);
      const y1 = u1 * o1 * (w[at + 1] - w[own + b + 1] + left1);
      y[at] = y0;
      y[at + 1] = y1;
      s0 += y0 * o0;
      s1 += y1 * o1;
      h[b] += y0 * u0;
      h[b + 1] += y1 * u1;
    }
    const y0 = u0 * u0 * (w[at] - w[own + a] + left0);
    const y1 = u1 * u1 * (w[at + 1] - w[own + a + 1] + left1);
    y[at] = y0;
    y[at + 1] = y1;
    at += 2;
    h[a] = s0 + y0 * u0;
    h[a + 1] = s1 + y1 * u1;
    // uᵀYu, twice what is off its diagonal.
    through0 += u0 * (2 * s0 + y0 * u0);
    through1 += u1 * (2 * s1 + y1 * u1);
  }
  const tau0 = 1 / (1 + Math.sqrt(p[size]));
  const tau1 = 1 / (1 + Math.sqrt(p[size + 1]));
  const half0 = 0.5 * tau0 * tau0 * through0;
  const half1 = 0.5 * tau1 * tau1 * through1;
  let along0 = 0;
  let along1 = 0;
  for (let a = 0; a < size; a += 2) {
    h[a] = tau0 * h[a] - half0 * u[a];
    h[a + 1] = tau1 * h[a + 1] - half1 * u[a + 1];
    along0 += p[a] * (moved[a] - moved[size]);
    along1 += p[a + 1] * (moved[a + 1] - moved[size + 1]);
  }
  for (let a = 0; a < size; a += 2) {
    y[at + a] = u[a] * (moved[a] - moved[size] - tau0 * along0);
    y[at + a + 1] = u[a + 1] * (moved[a + 1] - moved[size + 1] - tau1 * along1);
  }
}

/** Y ← L of I + Y − uhᵀ − huᵀ, and the row below it ← x. */
export function factorForms(K: number, u: Float64Array, h: Float64Array, y: Float64Array, inverse: Float64Array): void {
  const size = 2 * (K - 1);
  let row = 0;
  for (let i = 0; i <= size; i += 2) {
    const isLast = i === size;
    const u0 = isLast ? 0 : u[i];
    const u1 = isLast ? 0 : u[i + 1];
    const h0 = isLast ? 0 : h[i];
    const h1 = isLast ? 0 : h[i + 1];
    let other = 0;
    for (let j = 0; j < i; j += 2) {
      let s0 = y[row + j] - u0 * h[j] - h0 * u[j];
      let s1 = y[row + j + 1] - u1 * h[j + 1] - h1 * u[j + 1];
      for (let k = 0; k < j; k += 2) {
        s0 -= y[row + k] * y[other + k];
        s1 -= y[row + k + 1] * y[other + k + 1];
      }
      y[row + j] = s0 * inverse[j];
      y[row + j + 1] = s1 * inverse[j + 1];
      other += j + 2;
    }
    if (isLast) break;
    let s0 = 1 + y[row + i] - 2 * u0 * h0;
    let s1 = 1 + y[row + i + 1] - 2 * u1 * h1;
    for (let k = row; k < row + i; k += 2) {
      s0 -= y[k] * y[k];
      s1 -= y[k + 1] * y[k + 1];
    }
    inverse[i] = 1 / Math.sqrt(s0);
    inverse[i + 1] = 1 / Math.sqrt(s1);
    row += i + 2;
  }
}

/** s = r + A·Wr of one row; returns ‖s‖/‖r‖. `place` is where its last class stands. */
export function fillCoefficients(
  lane: number,
  place: number,
  K: number,
  from: number,
  p: Float64Array,
  r: Float64Array,
  moved: Float64Array,
  coefficients: Float64Array,
): number {
  const last = 2 * (K - 1) + lane;
  const origin = moved[last];
  let mean = origin;
  for (let at = lane; at < last; at += 2) mean += p[at] * (moved[at] - origin);
  let before = 0;
  let after = 0;
  for (let c = 0, own = lane; c < K; c++, own += 2) {
    const at = own === place ? last : own === last ? place : own;
    const s = r[at] + p[at] * (moved[at] - mean);
    coefficients[from + c] = s;
    before += r[at] * r[at];
    after += s * s;
  }
  return before > 0 ? Math.sqrt(after / before) : 1;
}

/** z + Wr of one row. */
export function fillLogits(
  lane: number,
  place: number,
  K: number,
  from: number,
  logits: Float64Array,
  moved: Float64Array,
  out: Float64Array,
): void {
  const last = 2 * (K - 1) + lane;
  for (let c = 0, own = lane; c < K; c++, own += 2) {
    out[from + c] = logits[from + c] + moved[own === place ? last : own === last ? place : own];
  }
}

/** aᵀb of `count` numbers of one row from `start` on. */
export function innerProduct(lane: number, count: number, start: number, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = start + lane; at < start + 2 * count; at += 2) sum += a[at] * b[at];
  return sum;
}

/** ‖L⁻¹‖² of both rows, column by column of L⁻¹, which `x` holds. */
export function sumInverse(
  K: number,
  y: Float64Array,
  inverse: Float64Array,
  x: Float64Array,
  sums: Float64Array,
): void {
  const size = 2 * (K - 1);
  let sum0 = 0;
  let sum1 = 0;
  for (let column = 0; column < size; column += 2) {
    const x0 = inverse[column];
    const x1 = inverse[column + 1];
    x[column] = x0;
    x[column + 1] = x1;
    sum0 += x0 * x0;
    sum1 += x1 * x1;
    for (let i = column + 2; i < size; i += 2) {
      const row = (i / 2) * (i / 2 + 1);
      let s0 = 0;
      let s1 = 0;
      for (let k = column; k < i; k += 2) {
        s0 -= y[row + k] * x[k];
        s1 -= y[row + k + 1] * x[k + 1];
      }
      s0 *= inverse[i];
      s1 *= inverse[i + 1];
      x[i] = s0;
      x[i + 1] = s1;
      sum0 += s0 * s0;
      sum1 += s1 * s1;
    }
  }
  sums[0] = sum0;
  sums[1] = sum1;
}
