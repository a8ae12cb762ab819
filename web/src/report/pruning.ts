// Pruning as the document tells it, and the arithmetic of the view: which channels go when so many
// stay, what that costs in importance, and in which order groups are worth looking at.

import type { Count } from './document';

export type Times = Record<string, Count>;

export interface PrunedFigures {
  params: Count;
  macs: Count;
  flops: Count;
  weight_bytes: Count;
  peak_activation_bytes: Count;
  intensity: Count;
  seconds: Times;
  seconds_padded: Times;
  seconds_24: Times;
  importance_kept?: Count;
}
export interface PruneMember {
  tensor: string;
  axis: number;
  offset?: number;
  per_channel?: number;
  node?: number;
}
export interface PruneGroup {
  id: number;
  channels: number;
  frozen: string | null;
  frozen_code?: string;
  frozen_by?: string;
  frozen_op?: string;
  protected?: 'first layer' | 'graph output';
  normalized_by?: string;
  members: PruneMember[];
  params_per_channel: Count;
  macs_per_channel: Count;
  next_useful_cut?: Record<string, Count>;
  half?: {
    kept: number;
    params: Count;
    macs: Count;
    peak_activation_bytes: Count;
    seconds_saved: Times;
    importance_lost: Count;
  };
  importance?: Count[];
}
export interface ThinLayer {
  node: number;
  channels: number;
  kept: number;
  before: Count;
  after: Count;
  bound_before: string;
  bound_after: string;
}
export interface PruneScenario extends PrunedFigures {
  name: string;
  ratio: number;
  round_to: number;
  kept: number[];
  thin: ThinLayer[];
}
export interface CombinedStep {
  name: 'unpruned' | 'pruned' | 'sparse24' | 'int8' | 'fp8';
  precision: string;
  sparse24: boolean;
  flops: Count;
  traffic_bytes: Count;
  intensity: Count;
  seconds: Count;
}
export interface Combined {
  device: string;
  source: string;
  scenario: string;
  steps: CombinedStep[];
}
export interface Sparse24 {
  tensor: string;
  node: string;
  eligible: boolean;
  beneficial: boolean;
  reason?: string;
  magnitude_kept: Count;
  magnitude_kept_permuted: Count;
  seconds_saved: Times;
}
export interface Sparsity {
  tensor: string;
  zeros: number;
  elements: number;
  blocks2x2: number;
  blocks: number;
  already_24: boolean;
  element_kept: Record<string, Count>;
  block_kept: Record<string, Count>;
}
export interface Pruning {
  criterion: string;
  global: boolean;
  round_to: number;
  protect_first: boolean;
  protect_last: boolean;
  prunable_share: Count;
  untied: number;
  weights_unread?: number;
  weights_unread_cause?: string;
  unpruned: PrunedFigures;
  groups: PruneGroup[];
  scenarios: PruneScenario[];
  combined: Combined[];
  /** What the times of 2:4 do not know. */
  limits: { code: string; text: string; args?: Record<string, unknown> }[];
  sparsity24: Sparse24[];
  sparsity: Sparsity[];
}

/** The options of one reading, as the core's bindings take them. */
export interface PruneOptions {
  criterion: string;
  global: boolean;
  round_to: number;
  protect_first: boolean;
  protect_last: boolean;
}

/** What a page or a live report adds: cuts of the viewer's own. */
export interface PruneLive {
  /** There are no weights at hand: channels stay ranked as they were found. */
  readonly keepsRanking: boolean;
  /** Looks at the model's channels, under the present choices of device and sizes. */
  read(options: PruneOptions): Promise<Pruning>;
  whatIf(kept: number[]): Promise<PrunedFigures>;
  /** A plan for a training script: channels that go, by group. */
  mask(cut: Record<string, number[]>): Promise<string>;
}

/** The figure of a device and precision; devices of one name are told apart by their source. */
export function timeOf(
  times: Times | undefined,
  roofline: { device: string; source: string; precision: string } | null,
): Count {
  if (!times || !roofline) return null;
  const { device, source, precision } = roofline;
  return times[`${device}/${precision}`] ?? times[`${device}@${source}/${precision}`] ?? null;
}

export const isOpen = (group: PruneGroup, protectFirst: boolean, protectLast: boolean) =>
  group.frozen === null &&
  !(group.protected === 'first layer' && protectFirst) &&
  !(group.protected === 'graph output' && protectLast);

/** As the core rounds: down to a multiple, never to none. */
export function keptOf(channels: number, ratio: number, roundTo: number): number {
  const kept = Math.min(channels, Math.floor(channels * (1 - ratio) + 1e-9));
  return Math.max(kept - (kept % roundTo), Math.min(channels, roundTo));
}

interface Ranking {
  /** Channels in the order in which they go: the least important first, of equal ones the last. */
  order: number[];
  /** Importance lost when so many of them went. */
  lost: number[];
}
const kRankings = new WeakMap<PruneGroup, Ranking>();

function rankingOf(group: PruneGroup): Ranking {
  const known = kRankings.get(group);
  if (known) return known;
  const order = Array.from({ length: group.channels }, (_, index) => index).reverse();
  const { importance } = group;
  // A stable sort: of equal ones the last stays in front.
  if (importance) order.sort((a, b) => (importance[a] ?? 0) - (importance[b] ?? 0));
  const lost = [0];
  for (const channel of order) lost.push(lost[lost.length - 1]! + (importance?.[channel] ?? 0));
  const ranking = { order, lost };
  kRankings.set(group, ranking);
  return ranking;
}

export const cutOf = (group: PruneGroup, kept: number) =>
  rankingOf(group)
    .order.slice(0, group.channels - kept)
    .sort((a, b) => a - b);

/** By group: the channels that go. */
export function cutsOf(groups: PruneGroup[], kept: number[]): Record<string, number[]> {
  const cuts: Record<string, number[]> = {};
  for (const group of groups) {
    const left = kept[group.id] ?? group.channels;
    if (left < group.channels) cuts[group.id] = cutOf(group, left);
  }
  return cuts;
}

/** Share of the importance of all channels that may go; null where no weight tells. */
export function importanceKept(pruning: Pruning, kept: number[]): Count {
  let all = 0;
  let left = 0;
  for (const group of pruning.groups) {
    if (!group.importance || !isOpen(group, pruning.protect_first, pruning.protect_last)) continue;
    const { lost } = rankingOf(group);
    const whole = lost[group.channels]!;
    all += whole;
    left += whole - lost[group.channels - (kept[group.id] ?? group.channels)]!;
  }
  return all > 0 ? left / all : null;
}

/** Seconds saved per share of the importance lost, when half of the group goes. */
export function gainOf(
  group: PruneGroup,
  roofline: { device: string; source: string; precision: string } | null,
): Count {
  const saved = timeOf(group.half?.seconds_saved, roofline);
  const lost = group.half?.importance_lost ?? null;
  if (saved === null || lost === null || lost <= 0) return null;
  return saved / lost;
}

/** Best gain first, without importance the most seconds saved first; then what is kept, then what is frozen. */
export function byGain(
  groups: PruneGroup[],
  roofline: { device: string; source: string; precision: string } | null,
): PruneGroup[] {
  const known = groups.some((group) => gainOf(group, roofline) !== null);
  const rank = (group: PruneGroup) =>
    (known ? gainOf(group, roofline) : timeOf(group.half?.seconds_saved, roofline)) ??
    Number.NEGATIVE_INFINITY;
  const place = (group: PruneGroup) => (group.frozen !== null ? 2 : group.protected ? 1 : 0);
  const compare = (a: number, b: number) => (a === b ? 0 : b > a ? 1 : -1);
  return [...groups].sort(
    (a, b) => place(a) - place(b) || compare(rank(a), rank(b)) || a.id - b.id,
  );
}

/** The weight whose outputs the group is; an exporter's number says less than its layer's path. */
export function groupName(
  group: PruneGroup,
  nodes: { name: string; class?: string }[] = [],
): string {
  const live = group.members.filter(({ node }) => nodes[node ?? -1]?.class !== 'constant');
  const own = live.find(({ axis }) => axis === 0) ?? live[0] ?? group.members[0];
  if (!own) return `#${group.id}`;
  const numbered = /^(onnx::|val_)?[A-Za-z]*_?\d+(_Q\d)?$/.test(own.tensor);
  const layer = numbered && own.node !== undefined ? nodes[own.node]?.name : '';
  const path = layer?.replace(/^\//, '').replace(/\/[A-Z][A-Za-z]*(_\d+)?$/, '');
  return path || own.tensor.replace(/[._](weight|kernel|w)$/i, '');
}

/** Mean importance of neighbouring channels, so that at most `most` bars are drawn. */
export function bars(
  importance: Count[],
  gone: Set<number>,
  most: number,
): { value: number; gone: number; from: number; to: number }[] {
  const size = Math.max(1, Math.ceil(importance.length / most));
  const result = [];
  for (let from = 0; from < importance.length; from += size) {
    const to = Math.min(importance.length, from + size);
    let value = 0;
    let cut = 0;
    for (let channel = from; channel < to; channel += 1) {
      value += importance[channel] ?? 0;
      cut += gone.has(channel) ? 1 : 0;
    }
    result.push({ value: value / (to - from), gone: cut / (to - from), from, to });
  }
  return result;
}

/** A layer that a group touches, and the group's layers that it feeds. */
export interface Neighbour {
  node: number;
  /** Weights of this layer that the group's channels lie in. */
  members: PruneMember[];
  feeds: number[];
}

/** The layers of a group in execution order, tied by the paths between them. */
export function neighbourhood(
  group: PruneGroup,
  nodes: { inputs: string[]; outputs: string[]; class?: string }[],
  consumers: Map<string, number[]>,
): Neighbour[] {
  const of = new Map<number, PruneMember[]>();
  for (const member of group.members) {
    if (member.node === undefined || nodes[member.node]?.class === 'constant') continue;
    const list = of.get(member.node);
    if (list) list.push(member);
    else of.set(member.node, [member]);
  }
  const ids = [...of.keys()].sort((a, b) => a - b);
  return ids.map((node) => ({
    node,
    members: of.get(node)!,
    feeds: reached(node, of, nodes, consumers),
  }));
}

const kMostSteps = 400;

/** Layers of the group that a path reaches which passes no other one of them. */
function reached(
  start: number,
  of: Map<number, PruneMember[]>,
  nodes: { inputs: string[]; outputs: string[] }[],
  consumers: Map<string, number[]>,
): number[] {
  const found = new Set<number>();
  const seen = new Set([start]);
  const waiting = [start];
  for (let steps = 0; waiting.length > 0 && steps < kMostSteps; steps += 1) {
    const id = waiting.shift()!;
    for (const output of nodes[id]?.outputs ?? []) {
      for (const next of consumers.get(output) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (of.has(next)) found.add(next);
        else waiting.push(next);
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}
