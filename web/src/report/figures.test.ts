// Columns, sums, groups and modules of the sample document, by figures worked out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeColumns, sortIds } from './columns';
import { csv, csvCell } from './csv';
import { costliest, groupBy, makeFigures, sumText, sumWhere } from './figures';
import { makeMarks } from './charts/marks';
import { envelope } from './charts/memory';
import { ReportModel } from './model';
import { sampleDocument } from './sample';
import { buildModules, findModule, firstSplit, valueTree } from './scope';
import { squarify } from './treemap';
import { readState, writeState } from './urlstate';

const document = sampleDocument();
const hardware = makeFigures(document, document.rooflines[0]!, 'hardware');

test('columns follow roofline and convention, unknown is NaN', () => {
  assert.deepEqual([...hardware.bytes], [836, 80, Number.NaN, 0]);
  assert.deepEqual(
    [...makeFigures(document, document.rooflines[1]!, 'hardware').bytes].slice(0, 2),
    [418, 80],
  );
  assert.deepEqual(
    [...makeFigures(document, document.rooflines[1]!, 'course').bytes],
    [436, 40, 40, 40],
  );
  assert.ok(Number.isNaN(hardware.seconds[2]!));
  assert.equal(hardware.performance[0], 2000 / 8e-9);
});

test('in the course convention marks stand on the roof', () => {
  const course = makeFigures(document, document.rooflines[0]!, 'course');
  assert.equal(course.performance[0], Math.min(1e12, (1000 / 436) * 1e11));
});

test('sums and groups leave unknown figures out', () => {
  assert.equal(sumWhere(hardware, null).bytes, 916);
  assert.equal(sumWhere(hardware, [1, 2]).seconds, 2e-9);
  const groups = groupBy(hardware, [0, 1, 2, 3], (id) => document.nodes[id]!.class);
  assert.deepEqual(
    groups.map((group) => group.key),
    ['contraction', 'elementwise', 'unknown', 'view'],
  );
  assert.deepEqual(costliest(hardware, [0, 1, 2, 3], 10), [0, 1]);
});

test('sorting puts unknown figures last either way', () => {
  const time = makeColumns().find((column) => column.key === 'time')!;
  const source = { document, figures: hardware };
  const all = Uint32Array.from([0, 1, 2, 3]);
  assert.deepEqual([...sortIds(all, time, true, source)], [0, 1, 3, 2]);
  assert.deepEqual([...sortIds(all, time, false, source)], [3, 1, 0, 2]);
});

test('marks: under the roof, in the strip, or left out and counted', () => {
  const marks = makeMarks(document.nodes, hardware);
  assert.deepEqual([...marks.main], [0, 1]);
  assert.equal(marks.leftOut, 1);
  const area = (id: number) => marks.radius[id]! ** 2;
  assert.ok(Math.abs(area(0) / area(1) - 8 / 2) < 1e-9);
});

test('modules: wrappers are skipped, sums are exact', () => {
  const root = buildModules(document.nodes);
  assert.equal(firstSplit(root).path, 'model');
  assert.deepEqual([...findModule(root, 'model/body').children.keys()], ['conv']);
  assert.equal(findModule(root, 'no/such'), root);
  const tree = valueTree(
    root,
    (id) => hardware.bytes[id]!,
    () => true,
  );
  assert.equal(tree.value, 916);
  assert.equal(tree.layers, 4);
  assert.equal(tree.path, 'model');
});

test('a treemap fills its area in proportion', () => {
  const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  assert.deepEqual(
    boxes.map((box) => Math.round(box.width * box.height * 1e6) / 1e6),
    [6, 6, 4, 3, 2, 2, 1],
  );
  assert.ok(
    boxes.every(
      (box) => box.x >= -1e-9 && box.x + box.width <= 6 + 1e-9 && box.y + box.height <= 4 + 1e-9,
    ),
  );
  assert.deepEqual(squarify([0, 0], { x: 0, y: 0, width: 5, height: 5 }).length, 2);
});

test('a thinned curve keeps its extremes', () => {
  const curve = Array.from({ length: 10_000 }, (_, id) => (id === 4321 ? 99 : id % 7));
  const { high, low } = envelope(curve, 100);
  assert.equal(high.length, 100);
  assert.ok(high.some(([id, value]) => id === 4321 && value === 99));
  assert.ok(low?.every(([, value]) => value === 0));
  assert.deepEqual(envelope([5], 100).high, [
    [0, 5],
    [1, 5],
  ]);
});

test('CSV quotes, and defuses formulas', () => {
  assert.equal(csvCell('=1+1'), "'=1+1");
  assert.equal(csvCell('a,"b"'), '"a,""b"""');
  assert.equal(csvCell(Number.NaN), '');
  assert.equal(csv(['a'], [[1], [null]]), 'a\r\n1\r\n\r\n');
});

test('the view survives in the fragment, and nonsense there does no harm', () => {
  const model = new ReportModel(document);
  model.choosePrecision('fp16');
  model.filterText.value = 'op:Conv';
  model.select(0);
  const other = new ReportModel(document);
  readState(other, `#${writeState(model)}`);
  assert.equal(other.roofline.value?.precision, 'fp16');
  assert.equal(other.selected.value, 0);
  assert.deepEqual([...other.visible.value], [0]);
  readState(other, '#layer=99&device=x&convention=y&module=z&sort=--&metric=q');
  assert.equal(other.selected.value, null);
  assert.deepEqual(other.sort.value, new ReportModel(document).sort.value);
});

test('filter and brush narrow together; a device switch keeps the precision', () => {
  const model = new ReportModel(document);
  model.filterText.value = 'body';
  model.brushed.value = new Set([1, 2]);
  assert.deepEqual([...model.visible.value], [1]);
  model.select(1);
  model.choosePrecision('fp16');
  assert.equal(model.selected.value, 1);
  model.chooseDevice('D', 'datasheet');
  assert.equal(model.roofline.value?.precision, 'fp16');
  model.clearNarrowing();
  assert.equal(model.visible.value.length, 4);
});

test('a sum of unknown figures is a dash, of some unknown ones a lower bound', () => {
  const sums = sumWhere(makeFigures(document, document.rooflines[0]!, 'hardware'), null);
  const some = { ...sums, unknown: { ...sums.unknown, flops: 1 } };
  const none = { ...sums, layers: 1, unknown: { ...sums.unknown, flops: 1 } };
  const plain = (value: number | null) => String(value);
  assert.equal(sumText(sums, 'seconds', plain).startsWith('\u2265'), sums.unknown.seconds > 0);
  assert.match(sumText(some, 'flops', plain), /^\u2265/);
  assert.equal(sumText(none, 'flops', plain), '\u2014');
});
