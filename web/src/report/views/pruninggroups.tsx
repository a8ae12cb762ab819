// Groups of coupled channels, best gain first; what cannot be cut stands apart with its reason.

import { useSignal } from '@preact/signals';
import type { Count } from '../document';
import { count, percent, seconds } from '../format';
import {
  byGain,
  gainOf,
  groupName,
  isOpen,
  type PruneGroup,
  type Pruning,
  timeOf,
} from '../pruning';
import { t } from '../text';
import { GroupDetails } from './pruninggroup';
import { stateText, whyFrozen } from './pruningwords';
import { type Cell, CutFront, DataTable, Figure, type TableData, useModel, Value } from './ui';

const kShown = 24;

export function GroupTable({ data }: { data: Pruning }) {
  const model = useModel();
  const { prune } = model;
  const roofline = model.roofline.value;
  const { nodes } = model.document.value;
  const all = useSignal(false);
  const open = byGain(data.groups, roofline).filter((group) => group.frozen === null);
  const frozen = data.groups.filter((group) => group.frozen !== null);
  const ranked = open.some((group) => gainOf(group, roofline) !== null);
  const shown = all.value ? open : open.slice(0, kShown);
  const selected = data.groups.find(({ id }) => id === prune.group.value);
  const table = (): TableData => ({
    header: [
      t('prune_group'),
      t('prune_channels'),
      t('prune_keeps'),
      t('prune_params_each'),
      t('prune_useful'),
      t('prune_saves'),
      t('prune_loses'),
      t('prune_gain'),
      t('prune_state'),
    ],
    numeric: [false, true, true, true, false, true, true, true, false],
    rows: open.map((group) => tableRow(group, prune.kept.value[group.id] ?? group.channels)),
  });
  const tableRow = (group: PruneGroup, kept: number): Cell[] => {
    const saved = timeOf(group.half?.seconds_saved, roofline);
    const gain = gainOf(group, roofline);
    return [
      groupName(group, nodes),
      group.channels,
      kept,
      group.params_per_channel,
      usefulText(group),
      { text: seconds(saved), exact: saved },
      { text: percent(group.half?.importance_lost), exact: group.half?.importance_lost ?? null },
      { text: perPercent(gain), exact: gain },
      stateText(group),
    ];
  };
  return (
    <>
      <Figure title={t('prune_groups')} table={table}>
        <p class="quiet">{t(ranked ? 'prune_groups_help' : 'prune_groups_plain')}</p>
        <div class="table-scroll groups" tabIndex={0} role="region" aria-label={t('prune_groups')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('prune_group')}</th>
                <th scope="col">{t('prune_keeps')}</th>
                <th scope="col" class="number">
                  {t('prune_params_each')}
                </th>
                <th scope="col" class="number">
                  {t('prune_saves')}
                </th>
                {ranked && (
                  <>
                    <th scope="col" class="number">
                      {t('prune_loses')}
                    </th>
                    <th scope="col" class="number">
                      {t('prune_gain')}
                    </th>
                  </>
                )}
                <th scope="col">{t('prune_useful')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((group) => (
                <GroupRow key={group.id} data={data} group={group} ranked={ranked} />
              ))}
            </tbody>
          </table>
        </div>
        {shown.length < open.length && (
          <button
            type="button"
            class="plain"
            onClick={() => {
              all.value = true;
            }}
          >
            {t('prune_more', { n: open.length })}
          </button>
        )}
      </Figure>
      {selected && <GroupDetails data={data} group={selected} />}
      {frozen.length > 0 && <Frozen groups={frozen} />}
    </>
  );
}

const perPercent = (gain: Count) => seconds(gain === null ? null : gain / 100);

function GroupRow(props: { data: Pruning; group: PruneGroup; ranked: boolean }) {
  const { data, group } = props;
  const model = useModel();
  const { prune } = model;
  const roofline = model.roofline.value;
  const kept = prune.kept.value[group.id] ?? group.channels;
  const selected = prune.group.value === group.id;
  const name = groupName(group, model.document.value.nodes);
  const open = isOpen(group, data.protect_first, data.protect_last);
  return (
    <tr aria-current={selected ? 'true' : undefined}>
      <th scope="row">
        <button
          type="button"
          class="link one-line"
          aria-expanded={selected}
          onClick={() => {
            prune.group.value = selected ? null : group.id;
          }}
        >
          <CutFront text={name} />
        </button>
        {group.protected && open === false && <small class="state">{stateText(group)}</small>}
      </th>
      <td class="kept">
        {prune.live.value ? (
          <label class="slider">
            <span class="unseen">{t('prune_slider', { name })}</span>
            <input
              type="range"
              class="screen-only"
              min={1}
              max={group.channels}
              step={1}
              value={kept}
              onInput={(event) => prune.keep(group.id, Number(event.currentTarget.value))}
            />
            <output>
              {kept} / {group.channels}
            </output>
          </label>
        ) : (
          <>
            <span class="left-bar" aria-hidden="true">
              <span style={{ width: `${(kept / group.channels) * 100}%` }} />
            </span>
            {kept} / {group.channels}
          </>
        )}
      </td>
      <td class="number">{count(group.params_per_channel)}</td>
      <td class="number">
        <Value
          text={seconds(timeOf(group.half?.seconds_saved, roofline))}
          reason={t('unknown_no_device')}
        />
      </td>
      {props.ranked && (
        <>
          <td class="number">
            <Value
              text={percent(group.half?.importance_lost)}
              reason={open ? t('prune_importance_none') : stateText(group)}
            />
          </td>
          <td class="number">
            <Value
              text={perPercent(gainOf(group, roofline))}
              reason={open ? t('prune_importance_none') : stateText(group)}
            />
          </td>
        </>
      )}
      <td class="useful">
        <Useful group={group} />
      </td>
    </tr>
  );
}

function Useful({ group }: { group: PruneGroup }) {
  const { prune, document } = useModel();
  const { nodes } = document.value;
  const cuts = Object.entries(group.next_useful_cut ?? {});
  return (
    <>
      {cuts.map(([multiple, cut]) => (
        <span data-tip={t('prune_useful_tip', { n: multiple })}>
          <small>{multiple}:</small>{' '}
          {cut === null ? (
            <span class="quiet">{'\u2013'}</span>
          ) : prune.live.value ? (
            <button
              type="button"
              class="link"
              aria-label={`${groupName(group, nodes)}: \u2212${cut} (${multiple})`}
              onClick={() => prune.keep(group.id, group.channels - cut)}
            >
              {`\u2212${cut}`}
            </button>
          ) : (
            `\u2212${cut}`
          )}{' '}
        </span>
      ))}
    </>
  );
}

const usefulText = (group: PruneGroup) =>
  Object.entries(group.next_useful_cut ?? {})
    .map(([multiple, cut]) => `${multiple}: ${cut === null ? '\u2013' : `\u2212${cut}`}`)
    .join('  ');

function Frozen({ groups }: { groups: PruneGroup[] }) {
  const { prune, document } = useModel();
  const { nodes } = document.value;
  const n = groups.length;
  const name = t('prune_frozen_title', { n });
  const data: TableData = {
    header: [t('prune_group'), t('prune_channels'), t('prune_reason')],
    numeric: [false, true, false],
    rows: groups.map((group): Cell[] => [
      {
        text: groupName(group, nodes),
        onClick: () => {
          prune.group.value = group.id;
        },
      },
      group.channels,
      whyFrozen(group),
    ]),
  };
  return (
    <details class="fold">
      <summary>{name}</summary>
      <DataTable data={data} name={name} />
    </details>
  );
}
