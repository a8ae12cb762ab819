// Names that several parts of the pruning view use.

import { percent } from '../format';
import type { PruneGroup, PruneScenario, Pruning } from '../pruning';
import { type MessageKey, t } from '../text';

export function scenarioName(data: Pruning, { name, ratio }: PruneScenario): string {
  if (name === 'groups') return t('prune_named');
  return t(data.global ? 'prune_by_all' : 'prune_by', { share: percent(ratio) });
}

export function stateText(group: PruneGroup): string {
  if (group.frozen !== null) return t('prune_frozen');
  if (group.protected === 'first layer') return t('prune_first');
  if (group.protected === 'graph output') return t('prune_last');
  return '';
}

/** Why a group cannot be cut, in the reader's language. */
export function whyFrozen(group: PruneGroup): string {
  if (group.frozen === null) return '';
  const { frozen_code: code, frozen_by: name, frozen_op: op } = group;
  if (!code) return group.frozen;
  if (name === undefined || op === undefined)
    return t(code === 'input' ? 'why_input' : 'why_whole_plain');
  return t(`why_${code}` as MessageKey, { op, name });
}
