// The main picture and its handling: hover, selection by click and by rectangle, zoom, keyboard.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Marks, makeMarks, placeOf, type View } from '../charts/marks';
import { layout, rooflineOption, type RooflineScene } from '../charts/roofline';
import { shortName } from '../charts/roofs';
import type { Roofline } from '../document';
import { known } from '../figures';
import { bytes, percent, rate, ratio, seconds, si } from '../format';
import type { ReportModel } from '../model';
import { quantizedRoofs } from '../quantizedroofs';
import { kClassOrder, kDark, kLight } from '../palette';
import { t } from '../text';
import { useCanvas } from './canvas';
import { precisionName } from './header';
import { PrintChart, printRoofline } from './print';
import { layerTip } from './layertip';
import { listen, type Mode, windowOf, zoomBy } from './rooflineinput';
import {
  Figure,
  nodeName,
  Section,
  Segments,
  Swatch,
  type TableData,
  useModel,
  useWidth,
} from './ui';

export function RooflineSection() {
  const model = useModel();
  const mode = useSignal<Mode>('select');
  const roofline = model.roofline.value;
  const marks = useComputed(() => makeMarks(model.document.value.nodes, model.figures.value));
  if (!roofline)
    return (
      <Section id="roofline" title={t('section_roofline')}>
        <p class="empty">{t('roofline_none')}</p>
      </Section>
    );
  const empty = marks.value.main.length === 0 && marks.value.strip.length === 0;
  return (
    <Section id="roofline" title={t('section_roofline')}>
      <Figure
        title={t('roofline_title')}
        hideTitle
        table={() => rooflineTable(model, marks.value)}
        controls={<Controls mode={mode} marks={marks.value} />}
      >
        {empty && <p class="empty">{t('roofline_empty')}</p>}
        <Chart roofline={roofline} marks={marks.value} mode={mode.value} />
        <PrintChart draw={printRoofline} />
        <Legend marks={marks.value} />
      </Figure>
      <p class="quiet">
        {t('roofline_help')} {model.convention.value === 'course' && t('roofline_course')}{' '}
        {marks.value.leftOut > 0 && t('roofline_left_out', { n: marks.value.leftOut })}
      </p>
    </Section>
  );
}

function Controls({ mode, marks }: { mode: { value: Mode }; marks: Marks }) {
  const model = useModel();
  return (
    <>
      <Overlays />
      <Segments
        label={t('drag_does')}
        value={mode.value}
        options={[
          { value: 'select', text: t('mode_select') },
          { value: 'pan', text: t('mode_pan') },
        ]}
        onChange={(value) => {
          mode.value = value;
        }}
      />
      <div class="segments" role="group" aria-label={t('zoom_in')}>
        <button
          type="button"
          aria-label={t('zoom_in')}
          data-tip={`${t('zoom_in')}\n${t('wheel_hint')}`}
          onClick={() => zoomBy(model, marks, 1 / 1.5)}
        >
          +
        </button>
        <button
          type="button"
          aria-label={t('zoom_out')}
          data-tip={t('zoom_out')}
          onClick={() => zoomBy(model, marks, 1.5)}
        >
          −
        </button>
        <button
          type="button"
          disabled={!model.zoom.value}
          aria-label={t('zoom_reset')}
          onClick={() => {
            model.zoom.value = null;
          }}
        >
          {t('reset')}
        </button>
      </div>
    </>
  );
}

function Overlays() {
  const model = useModel();
  if (model.rooflines.value.length < 2) return null;
  const toggle = (index: number) => {
    const list = model.overlays.value;
    model.overlays.value = list.includes(index)
      ? list.filter((other) => other !== index)
      : [...list, index];
  };
  return (
    <details class="menu">
      <summary>{t('overlay')}</summary>
      <div class="menu-body">
        {model.rooflines.value.map(
          (roofline, index) =>
            roofline !== model.roofline.value && (
              <label>
                <input
                  type="checkbox"
                  checked={model.overlays.value.includes(index)}
                  onChange={() => toggle(index)}
                />
                {shortName(roofline.device)}{' '}
                {precisionName(roofline.precision, roofline.evaluated_as)}, {t(roofline.source)}
              </label>
            ),
        )}
      </div>
    </details>
  );
}

function Legend({ marks }: { marks: Marks }) {
  const { nodes } = useModel().document.value;
  const present = useMemo(() => {
    const drawn = new Set([...marks.main, ...marks.strip].map((id) => nodes[id]!.class));
    return kClassOrder.filter((name) => drawn.has(name));
  }, [marks, nodes]);
  return (
    <p class="legend">
      {present.map((name) => (
        <span>
          <Swatch name={name} />
          {name}
        </span>
      ))}
    </p>
  );
}

function Chart({ roofline, marks, mode }: { roofline: Roofline; marks: Marks; mode: Mode }) {
  const model = useModel();
  const [box, width] = useWidth();
  const hovered = useSignal<number | null>(null);
  const height = width < 600 ? 420 : 500;
  const window = windowOf(model, marks);
  const scene: RooflineScene = {
    nodes: model.document.value.nodes,
    marks,
    roofline,
    overlays: [
      ...quantizedRoofs(model.document.value, roofline),
      ...model.overlays.value
        .flatMap((index) => model.rooflines.value[index] ?? [])
        .filter((each) => each !== roofline),
    ],
    included: model.visibleSet.value,
    selected: model.selected.value,
    theme: model.dark.value ? kDark : kLight,
    width,
    height,
    window,
  };
  const view = layout(width, height, marks, window);

  const element = useCanvas(box, width, () => rooflineOption(scene));

  const frame = useRef<{ view: View; scene: RooflineScene; mode: Mode }>({ view, scene, mode });
  frame.current = { view, scene, mode };
  const rectangle = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (element.current && rectangle.current)
      listen(element.current, rectangle.current, model, frame, (id) => {
        hovered.value = id;
      });
  }, []);

  return (
    <div class="chart" ref={box} style={{ height: `${height}px` }}>
      <div
        class={`chart-canvas ${mode}`}
        ref={element}
        tabIndex={0}
        role="application"
        aria-label={t('roofline_keys', { n: marks.main.length + marks.strip.length })}
        style={{ height: `${height}px` }}
      />
      <div class="rubber" ref={rectangle} hidden />
      <HoverRing hovered={hovered} view={view} marks={marks} />
      <span class="unseen" aria-live="polite">
        {model.selected.value === null ? '' : layerTip(model, model.selected.value).join(', ')}
      </span>
    </div>
  );
}

/** Apart from the canvas, so that following the pointer does not redraw 14,000 marks. */
function HoverRing({
  hovered,
  view,
  marks,
}: {
  hovered: { value: number | null };
  view: View;
  marks: Marks;
}) {
  const id = hovered.value;
  if (id === null) return null;
  const place = placeOf(marks, view, id);
  if (!place) return null;
  const size = marks.radius[id]! * 2 + 8;
  return (
    <div
      class="ring"
      style={{
        left: `${place.x - size / 2}px`,
        top: `${place.y - size / 2}px`,
        width: `${size}px`,
        height: `${size}px`,
      }}
    />
  );
}

function rooflineTable(model: ReportModel, marks: Marks): TableData {
  const figures = model.figures.value;
  const { nodes } = model.document.value;
  const shown = model.visibleSet.value;
  const ids = [...marks.main, ...marks.strip].filter((id) => shown[id]);
  return {
    header: [
      t('layer'),
      t('operator'),
      t('class'),
      t('flops'),
      t('bytes'),
      `${t('intensity')}, ${t('unit_intensity')}`,
      'FLOP/s',
      t('bound'),
      `${t('time')}, ${t('predicted')}`,
      t('share'),
    ],
    numeric: [false, false, false, true, true, true, true, false, true, true],
    rows: ids.map((id) => {
      const value = (column: Float64Array, text: (number: number | null) => string) => ({
        text: text(known(column[id]!)),
        exact: known(column[id]!),
      });
      return [
        { text: nodeName(nodes[id]!.name), onClick: () => model.select(id) },
        nodes[id]!.op,
        nodes[id]!.class,
        value(figures.flops, (number) => si(number, '')),
        value(figures.bytes, bytes),
        value(figures.intensity, ratio),
        value(figures.performance, rate),
        t(boundKey(figures.bound(id))),
        value(figures.seconds, seconds),
        percent(figures.seconds[id]! / figures.total.seconds),
      ];
    }),
  };
}

export const boundKey = (letter: string) =>
  `bound_${'cml'.includes(letter) ? letter : 'n'}` as 'bound_c' | 'bound_m' | 'bound_l' | 'bound_n';
