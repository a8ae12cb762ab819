// Activations over execution order: where memory peaks and what is alive there.

import { useSignal } from '@preact/signals';
import { memoryOption, memoryPlot, type MemoryScene } from '../charts/memory';
import type { ReportDocument } from '../document';
import { bytes, shape } from '../format';
import type { ReportModel } from '../model';
import { kDark, kLight } from '../palette';
import { t } from '../text';
import { useCanvas } from './canvas';
import { reasonOf } from './overview';
import { PrintChart, printMemory } from './print';
import { hideTip, showTip } from './tooltip';
import { Figure, nodeName, Section, type TableData, useModel, useWidth } from './ui';

type Memory = NonNullable<ReportDocument['memory']>;

export function MemorySection() {
  const model = useModel();
  const { memory, nodes } = model.document.value;
  const copies = useSignal(true);
  if (!memory || memory.peak_bytes === null || memory.timeline.every((value) => value === null)) {
    return (
      <Section id="memory" title={t('section_memory')}>
        <p class="empty">
          {t('memory_empty', { reason: reasonOf(model.document.value, model.roofline.value) })}
        </p>
      </Section>
    );
  }
  const peakId = memory.peak_node;
  const peakName = peakId === null ? '' : nodeName(nodes[peakId]?.name ?? '');
  const table = (): TableData => ({
    header: ['#', t('layer'), t('memory_share'), t('memory_copy')],
    numeric: [true, false, true, true],
    rows: memory.timeline.map((value, id) => [
      id,
      { text: nodeName(nodes[id]!.name), onClick: () => model.select(id) },
      { text: bytes(value), exact: value },
      {
        text: bytes(memory.without_views?.timeline[id] ?? null),
        exact: memory.without_views?.timeline[id] ?? null,
      },
    ]),
  });
  const controls = memory.without_views && (
    <label class="check">
      <input
        type="checkbox"
        checked={copies.value}
        onChange={() => {
          copies.value = !copies.value;
        }}
      />
      {t('memory_copy')} ({bytes(memory.without_views.peak_bytes)})
    </label>
  );
  return (
    <Section id="memory" title={t('section_memory')}>
      <p>
        {t('memory_verdict', { value: bytes(memory.peak_bytes), name: peakName, id: peakId ?? '' })}{' '}
        {memory.without_views &&
          memory.without_views.peak_bytes !== memory.peak_bytes &&
          t('memory_verdict_copy', { value: bytes(memory.without_views.peak_bytes) })}
      </p>
      <Figure title={t('memory_title')} table={table} controls={controls}>
        <Chart memory={memory} copies={copies.value} peakName={peakName} />
        <PrintChart draw={printMemory} />
      </Figure>
      <PeakTensors memory={memory} />
    </Section>
  );
}

function PeakTensors({ memory }: { memory: Memory }) {
  const tensors = memory.peak_tensors ?? [];
  const { tensors: types } = useModel().document.value;
  if (tensors.length === 0) return null;
  return (
    <>
      <h3>{t('memory_tensors')}</h3>
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('tensor')}</th>
              <th scope="col">{t('shapes')}</th>
              <th scope="col" class="number">
                {t('size')}
              </th>
            </tr>
          </thead>
          <tbody>
            {tensors.slice(0, 12).map((tensor) => (
              <tr>
                <td class="breakable">
                  <bdi>{tensor.name}</bdi>
                </td>
                <td class="quiet">
                  <span class="whole">{shape(types[tensor.name]?.shape)}</span>{' '}
                  {types[tensor.name]?.dtype}
                </td>
                <td class="number">{bytes(tensor.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Chart({
  memory,
  copies,
  peakName,
}: {
  memory: Memory;
  copies: boolean;
  peakName: string;
}) {
  const model = useModel();
  const [box, width] = useWidth();
  const hovered = useSignal<number | null>(null);
  const height = 280;
  const scene: MemoryScene = {
    main: memory,
    other: copies ? (memory.without_views ?? null) : null,
    peakName,
    selected: model.selected.value,
    theme: model.dark.value ? kDark : kLight,
    width,
    height,
  };
  const element = useCanvas(box, width, () => memoryOption(scene));

  const last = memory.timeline.length - 1;
  const at = (event: MouseEvent) => {
    const plot = memoryPlot(width, height);
    const left = element.current!.getBoundingClientRect().left;
    return Math.max(
      0,
      Math.min(
        last,
        Math.round(((event.clientX - left - plot.left) / plot.width) * Math.max(last, 1)),
      ),
    );
  };
  const move = (event: MouseEvent) => {
    const id = at(event);
    hovered.value = id;
    showTip(memoryTip(model, memory, id), event.clientX + 14, event.clientY + 14);
  };
  const leave = () => {
    hovered.value = null;
    hideTip();
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Enter' && model.selected.value !== null) model.select(model.selected.value);
    if (!step) return;
    event.preventDefault();
    model.select(
      Math.max(0, Math.min(last, (model.selected.value ?? (memory.peak_node ?? 0) - step) + step)),
      false,
    );
  };
  return (
    <div class="chart" ref={box} style={{ height: `${height}px` }}>
      <div
        class="chart-canvas over"
        ref={element}
        tabIndex={0}
        role="application"
        aria-label={t('memory_keys', { n: last + 1 })}
        style={{ height: `${height}px` }}
        onPointerMove={move}
        onPointerLeave={leave}
        onClick={(event) => model.select(at(event))}
        onKeyDown={key}
      />
      <Cursor
        hovered={hovered}
        left={(id) =>
          memoryPlot(width, height).left +
          (id / Math.max(last, 1)) * memoryPlot(width, height).width
        }
      />
    </div>
  );
}

function Cursor({
  hovered,
  left,
}: {
  hovered: { value: number | null };
  left: (id: number) => number;
}) {
  return hovered.value === null ? null : (
    <div class="cursor" style={{ left: `${left(hovered.value)}px` }} />
  );
}

function memoryTip(model: ReportModel, memory: Memory, id: number): string[] {
  const node = model.document.value.nodes[id]!;
  return [
    nodeName(node.name),
    node.op,
    `${bytes(memory.timeline[id])} ${t('memory_y')}`,
    ...(memory.without_views
      ? [`${t('memory_copy')}: ${bytes(memory.without_views.timeline[id])}`]
      : []),
  ];
}
