// One group: its weights, the layers that its channels pass through, how much each channel matters,
// and why it cannot be cut.

import { useEffect, useRef } from 'preact/hooks';
import { ratio } from '../format';
import {
  bars,
  cutOf,
  groupName,
  type Neighbour,
  neighbourhood,
  type PruneGroup,
  type PruneMember,
  type Pruning,
} from '../pruning';
import { t } from '../text';
import { whyFrozen } from './pruningwords';
import { type Cell, DataTable, Figure, nodeName, type TableData, useModel } from './ui';

export function GroupDetails({ data, group }: { data: Pruning; group: PruneGroup }) {
  const { prune, document } = useModel();
  const title = useRef<HTMLHeadingElement>(null);
  const name = groupName(group, document.value.nodes);
  useEffect(() => title.current?.focus({ preventScroll: true }), [group.id]);
  return (
    <section class="group-details" aria-label={t('prune_details', { name })}>
      <div class="figure-head">
        <h3 ref={title} tabIndex={-1}>
          <bdi>{t('prune_details', { name })}</bdi>
        </h3>
        <button
          type="button"
          class="plain screen-only"
          onClick={() => {
            prune.group.value = null;
          }}
        >
          {t('close')}
        </button>
      </div>
      {group.frozen !== null && <p class="note">{whyFrozen(group)}</p>}
      {group.normalized_by && <p class="note">{t('prune_norm', { name: group.normalized_by })}</p>}
      <div class="columns">
        <Layers group={group} />
        <div>
          <Importance data={data} group={group} />
        </div>
      </div>
      <Members group={group} />
    </section>
  );
}

function Members({ group }: { group: PruneGroup }) {
  const model = useModel();
  const places = (member: PruneMember) =>
    [
      member.per_channel ? t('prune_places_each', { n: member.per_channel }) : '',
      member.offset ? t('prune_places_from', { n: member.offset }) : '',
    ]
      .filter(Boolean)
      .join(', ');
  const { nodes } = model.document.value;
  const rows = group.members.map((member): Cell[] => [
    member.tensor,
    member.axis,
    places(member),
    member.node === undefined
      ? null
      : {
          text: nodeName(nodes[member.node]?.name ?? ''),
          onClick: () => model.select(member.node!),
        },
  ]);
  const header = [t('tensor'), t('prune_axis'), t('prune_places'), t('layer')];
  const name = t('prune_members');
  return (
    <details class="fold">
      <summary>
        {name} ({rows.length})
      </summary>
      <DataTable data={{ header, numeric: [false, true], rows }} name={name} />
    </details>
  );
}

const kRow = 30;
const kMostLayers = 40;

/** Layers as rows in execution order, with an arc to each one that is fed. */
function Layers({ group }: { group: PruneGroup }) {
  const model = useModel();
  const { nodes } = model.document.value;
  const all = neighbourhood(group, nodes, model.wiring.value.consumers);
  const shown = all.slice(0, kMostLayers);
  const row = new Map(shown.map(({ node }, index) => [node, index]));
  const wide = 44;
  const arcs = shown.flatMap(({ node, feeds }) =>
    feeds.flatMap((next) => {
      const from = row.get(node)!;
      const to = row.get(next);
      if (to === undefined) return [];
      const out = Math.min(wide - 6, 8 + (to - from) * 5);
      const y = (index: number) => index * kRow + kRow / 2;
      return [
        `M${wide} ${y(from)}C${wide - out} ${y(from)} ${wide - out} ${y(to)} ${wide} ${y(to)}`,
      ];
    }),
  );
  return (
    <div>
      <h4>{t('prune_layers')}</h4>
      <p class="unseen">{t('prune_layers_label', { n: all.length })}</p>
      <div class="arcs">
        <svg width={wide} height={shown.length * kRow} aria-hidden="true">
          {arcs.map((path) => (
            <path d={path} />
          ))}
        </svg>
        <ol>
          {shown.map((neighbour) => (
            <li style={{ height: `${kRow}px` }}>
              <button
                type="button"
                class="link"
                data-tip={nodeName(nodes[neighbour.node]?.name ?? '')}
                onClick={() => model.select(neighbour.node)}
              >
                <bdi>{shortName(nodes[neighbour.node]?.name ?? '')}</bdi>
              </button>
              <small class="clipped">
                {nodes[neighbour.node]?.op}, {sides(neighbour)}
              </small>
            </li>
          ))}
        </ol>
      </div>
      {shown.length < all.length && (
        <p class="quiet">{t('more_neighbours', { n: all.length - shown.length })}</p>
      )}
    </div>
  );
}

/** Whether the group is what a layer makes, what it takes, or both. */
function sides({ members }: Neighbour): string {
  const makes = members.some(({ axis }) => axis === 0);
  const takes = members.some(({ axis }) => axis > 0);
  return [takes ? t('prune_of_input') : '', makes ? t('prune_of_axis') : '']
    .filter(Boolean)
    .join(', ');
}

const shortName = (name: string) => nodeName(name.split('/').filter(Boolean).slice(-3).join('/'));

const kBars = 256;
const kHeight = 120;

function Importance({ data, group }: { data: Pruning; group: PruneGroup }) {
  const { prune } = useModel();
  const { importance } = group;
  if (!importance) {
    return (
      <>
        <h4>{t('prune_importance')}</h4>
        <p class="quiet">
          {data.criterion === 'uniform' ? t('prune_uniform') : t('prune_importance_none')}
        </p>
      </>
    );
  }
  const kept = prune.kept.value[group.id] ?? group.channels;
  const gone = new Set(cutOf(group, kept));
  const drawn = bars(importance, gone, kBars);
  const most = Math.max(...drawn.map(({ value }) => value), 1e-30);
  const width = 100 / drawn.length;
  const path = (cut: boolean) =>
    drawn
      .map((bar, index) => {
        if (bar.gone >= 0.5 !== cut) return '';
        const height = (bar.value / most) * kHeight;
        const x = index * width;
        return `M${x.toFixed(3)} ${kHeight}V${(kHeight - height).toFixed(2)}h${(width * 0.86).toFixed(3)}V${kHeight}z`;
      })
      .join('');
  const table = (): TableData => ({
    header: [t('prune_channel'), t('prune_importance'), t('prune_state')],
    numeric: [true, true, false],
    rows: importance.map((value, channel) => [
      channel,
      { text: ratio(value), exact: value },
      t(gone.has(channel) ? 'prune_goes' : 'prune_stays'),
    ]),
  });
  return (
    <Figure title={t('prune_importance')} table={table}>
      <svg
        class="importance"
        viewBox={`0 0 100 ${kHeight}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('prune_bars', { n: group.channels, gone: gone.size })}
      >
        <path class="stays" d={path(false)} />
        <path class="goes" d={path(true)} />
      </svg>
      <p class="legend">
        <span>
          <span class="swatch rect stays" aria-hidden="true" />
          {t('prune_stays')} {group.channels - gone.size}
        </span>
        <span>
          <span class="swatch rect goes" aria-hidden="true" />
          {t('prune_goes')} {gone.size}
        </span>
      </p>
    </Figure>
  );
}
