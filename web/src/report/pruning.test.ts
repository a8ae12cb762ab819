// Cuts chosen in the report, rounded and ranked as the core does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bars,
  byGain,
  cutOf,
  cutsOf,
  gainOf,
  groupName,
  importanceKept,
  isOpen,
  keptOf,
  neighbourhood,
  type PruneGroup,
  type Pruning,
  timeOf,
} from './pruning';

const roofline = { device: 'D', source: 'datasheet', precision: 'fp16' };

function group(id: number, more: Partial<PruneGroup> = {}): PruneGroup {
  return {
    id,
    channels: 4,
    frozen: null,
    members: [{ tensor: `layer${id}.weight`, axis: 0 }],
    params_per_channel: 1,
    macs_per_channel: 1,
    ...more,
  };
}

const half = (saved: number, lost: number | null) => ({
  kept: 2,
  params: 1,
  macs: 1,
  peak_activation_bytes: 1,
  seconds_saved: { 'D/fp16': saved },
  importance_lost: lost,
});

void test('kept channels are rounded as the core does', () => {
  assert.equal(keptOf(64, 0.5, 1), 32);
  assert.equal(keptOf(10, 0.9, 1), 1);
  assert.equal(keptOf(10, 0.99, 1), 1);
  assert.equal(keptOf(100, 0.5, 16), 48);
  assert.equal(keptOf(10, 0.5, 16), 10);
});

void test('the least important go, of equal ones the last', () => {
  const one = group(0, { importance: [3, 1, 1, 2] });
  assert.deepEqual(cutOf(one, 3), [2]);
  assert.deepEqual(cutOf(one, 1), [1, 2, 3]);
  assert.deepEqual(cutOf(group(1), 2), [2, 3]);
  assert.deepEqual(cutsOf([one, group(1)], [4, 3]), { 1: [3] });
});

void test('importance counts the groups that may go', () => {
  const groups = [
    group(0, { importance: [3, 1, 1, 2] }),
    group(1, { importance: [9, 9, 9, 9], protected: 'first layer' }),
    group(2),
  ];
  const pruning = { groups, protect_first: true, protect_last: true } as unknown as Pruning;
  assert.equal(importanceKept(pruning, [2, 4, 4]), 5 / 7);
  assert.equal(importanceKept({ ...pruning, groups: [group(2)] }, [4, 4, 1]), null);
  assert.ok(!isOpen(groups[1]!, true, true));
  assert.ok(isOpen(groups[1]!, false, true));
});

void test('groups by seconds saved per importance lost', () => {
  const groups = [
    group(0, { half: half(2e-6, 0.5) }),
    group(1, { frozen: 'it is a size of the model’s input' }),
    group(2, { half: half(1e-6, 0.1) }),
    group(3, { half: half(9e-6, null) }),
  ];
  assert.equal(gainOf(groups[0]!, roofline), 4e-6);
  assert.deepEqual(
    byGain(groups, roofline).map(({ id }) => id),
    [2, 0, 3, 1],
  );
  const plain = groups.map((each) => ({ ...each, half: half(each.id * 1e-6, null) }));
  assert.deepEqual(
    byGain(plain, roofline).map(({ id }) => id),
    [3, 2, 0, 1],
  );
});

void test('times of devices of one name', () => {
  assert.equal(timeOf({ 'D/fp16': 1 }, roofline), 1);
  assert.equal(timeOf({ 'D@measured/fp16': 1, 'D@datasheet/fp16': 2 }, roofline), 2);
  assert.equal(timeOf({ 'E/fp16': 1 }, roofline), null);
  assert.equal(timeOf({ 'D/fp16': 1 }, null), null);
});

void test('many channels become fewer bars', () => {
  const drawn = bars([1, 2, 3, 4, 5], new Set([0]), 3);
  assert.deepEqual(drawn, [
    { value: 1.5, gone: 0.5, from: 0, to: 2 },
    { value: 3.5, gone: 0, from: 2, to: 4 },
    { value: 5, gone: 0, from: 4, to: 5 },
  ]);
});

void test('a group is named by the weight whose outputs it is', () => {
  const two = {
    members: [
      { tensor: 'b.weight', axis: 1 },
      { tensor: 'a.weight', axis: 0 },
    ],
  };
  assert.equal(groupName(group(0, two)), 'a');
  assert.equal(groupName(group(7, { members: [] })), '#7');
  const numbered = { members: [{ tensor: 'onnx::Conv_548', axis: 0, node: 0 }] };
  assert.equal(
    groupName(group(0, numbered), [{ name: '/features/features.2/Conv' }]),
    'features/features.2',
  );
  assert.equal(groupName(group(0, numbered)), 'onnx::Conv_548');
});

void test('the layers of a group are tied by the paths between them', () => {
  // conv a -> relu -> conv b -> add with the relu -> conv c
  const nodes = [
    { inputs: ['x', 'wa'], outputs: ['1'] },
    { inputs: ['1'], outputs: ['2'] },
    { inputs: ['2', 'wb'], outputs: ['3'] },
    { inputs: ['2', '3'], outputs: ['4'] },
    { inputs: ['4', 'wc'], outputs: ['5'] },
  ];
  const consumers = new Map([
    ['1', [1]],
    ['2', [2, 3]],
    ['3', [3]],
    ['4', [4]],
  ]);
  const member = (tensor: string, node: number, axis: number) => ({ tensor, node, axis });
  const members = [member('wa', 0, 0), member('wb', 2, 1), member('wb', 2, 0), member('wc', 4, 1)];
  const found = neighbourhood(group(0, { members }), nodes, consumers);
  assert.deepEqual(
    found.map(({ node, members: own, feeds }) => [node, own.length, feeds]),
    [
      [0, 1, [2, 4]],
      [2, 2, [4]],
      [4, 1, []],
    ],
  );
});
