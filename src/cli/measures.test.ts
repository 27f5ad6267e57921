import { describe, expect, it } from 'vitest';
import { InputError } from '../core/base/errors';
import { cutSlice, parseMeasure } from './measures';
import { collectMeasures, parseShares } from './parseOptions';

describe('parseMeasure', () => {
  it('reads means, single rows and slices', () => {
    const measurement = (text: string) => {
      const measure = parseMeasure(text);
      return measure.kind === 'measurement' ? measure.measurement : measure;
    };
    expect(measurement('validation_loss')).toEqual({ kind: 'meanLoss', rows: 'validation' });
    expect(measurement('validation_loss_given')).toEqual({ kind: 'meanLoss', rows: 'validation', labels: 'given' });
    expect(measurement('training_accuracy')).toEqual({ kind: 'accuracy', rows: 'train' });
    expect(measurement('margin:12')).toEqual({ kind: 'margin', row: 12 });
    expect(measurement('loss:0')).toEqual({ kind: 'loss', row: 0 });
    expect(measurement('slice:home town=Köln, a=b')).toEqual({
      kind: 'slice',
      text: 'home town=Köln, a=b',
    });
  });

  it('cuts a slice where a column’s name ends, whatever the name holds', () => {
    const columns = [{ name: 'home town' }, { name: 'a=b' }, { name: '' }];
    const cut = (text: string) => {
      const { column, value } = cutSlice(text, columns);
      return [column.name, value];
    };
    expect(cut('home town=Köln, a=b')).toEqual(['home town', 'Köln, a=b']);
    expect(cut('a=b= c')).toEqual(['a=b', 'c']);
    expect(() => cut('home=x')).toThrow(/no column “home”.*home town/);
  });

  it('names what there is for anything else', () => {
    for (const text of ['loss', 'margin:-1', 'validation_margin', 'training_loss_given', 'slice:=x', '']) {
      expect(() => parseMeasure(text)).toThrow(InputError);
    }
    expect(() => parseMeasure('accuracy')).toThrow(/validation_accuracy/);
  });
});

describe('options', () => {
  it('collects measures from repetitions and commas, but not inside a slice', () => {
    expect(collectMeasures('slice:a=x,y', collectMeasures('validation_loss,margin:3'))).toEqual([
      'validation_loss',
      'margin:3',
      'slice:a=x,y',
    ]);
  });

  it('takes a measure that is named twice once', () => {
    expect(collectMeasures('margin:3,validation_loss', collectMeasures('validation_loss,margin:12'))).toEqual([
      'validation_loss',
      'margin:12',
      'margin:3',
    ]);
  });

  it('reads shares and percentages', () => {
    expect(parseShares('0.001, 1%,5 %')).toEqual([0.001, 0.01, 0.05]);
    for (const text of ['', '0', '100%', '2', 'x%']) expect(() => parseShares(text)).toThrow(/shares between 0 and 1/);
  });
});
