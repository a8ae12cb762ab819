// Every weight as one bar in execution order: its height and colour are what a scheme leaves of it.

import { useSignal } from '@preact/signals';
import { type Quantization, resultOf, decibelsOf, schemesOf } from '../../quantization';
import { nodeName } from '../ui';
import { t } from '../../text';
import { Choice, Figure, type TableData, useModel, useWidth } from '../ui';
import { hideTip, showTip } from '../tooltip';
import { db, kSteps, schemeName, stepClass } from './words';

const kHeight = 96;
const kTop = 60;
/** What is drawn of a weight without a figure. */
const kBare = 10;

export function Strip({ found }: { found: Quantization }) {
  const model = useModel();
  const schemes = schemesOf(found.weights);
  const preferred =
    schemes.find((each) => each.format === 'int8' && each.granularity === 'channel') ?? schemes[0];
  const chosen = useSignal(preferred?.key ?? '');
  const scheme = schemes.find((each) => each.key === chosen.value) ?? preferred;
  if (!scheme) return null;
  const { nodes } = model.document.value;
  const bars = found.weights.map((weight) => decibelsOf(resultOf(weight, scheme.key)));
  const layerOf = (index: number) => {
    const node = found.weights[index]!.node;
    return node === null ? '' : nodeName(nodes[node]?.name ?? '');
  };
  const table = (): TableData => ({
    header: ['#', t('weight_tensor'), t('layer'), t('sqnr')],
    numeric: [true, false, false, true],
    rows: found.weights.map((weight, index) => [
      index,
      { text: weight.tensor, isName: true, onClick: () => (model.weight.value = index) },
      { text: layerOf(index), isName: true },
      { text: db(bars[index]), exact: bars[index] ?? null },
    ]),
  });
  return (
    <Figure
      title={t('weights_strip')}
      table={table}
      controls={
        <Choice
          label={t('scheme')}
          value={scheme.key}
          options={schemes.map((each) => ({ value: each.key, text: schemeName(each) }))}
          onChange={(key) => (chosen.value = key)}
        />
      }
    >
      <Bars
        bars={bars}
        label={(index) => [
          found.weights[index]!.tensor,
          layerOf(index),
          `${schemeName(scheme)}: ${db(bars[index])}`,
        ]}
      />
      <p class="legend quiet">
        {kSteps.map((step, index) => (
          <span>
            <i class={`sqnr-${index}`} aria-hidden="true" /> {t(step.name)}
          </span>
        ))}
        {bars.includes(null) && (
          <span>
            <i class="sqnr-none" aria-hidden="true" /> {t('step_none')}
          </span>
        )}
      </p>
    </Figure>
  );
}

function Bars(props: { bars: (number | null)[]; label: (index: number) => string[] }) {
  const { bars, label } = props;
  const model = useModel();
  const [box, width] = useWidth();
  const last = bars.length - 1;
  const selected = model.weight.value;
  const each = width / Math.max(bars.length, 1);
  const gap = each > 4 ? 1 : 0;
  const indexAt = (event: MouseEvent) => {
    const left = box.current!.getBoundingClientRect().left;
    return Math.max(0, Math.min(last, Math.floor((event.clientX - left) / each)));
  };
  const key = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -last, End: last };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    model.weight.value = Math.max(0, Math.min(last, (selected ?? (step > 0 ? -1 : 0)) + step));
  };
  const height = (decibels: number | null) =>
    decibels === null ? kBare : Math.max(3, (Math.min(decibels, kTop) / kTop) * (kHeight - 8));
  return (
    <div
      class="heat-strip"
      ref={box}
      tabIndex={0}
      role="slider"
      aria-label={t('strip_keys', { n: bars.length })}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={selected ?? 0}
      aria-valuetext={label(selected ?? 0).join(', ')}
      onKeyDown={key}
      onPointerMove={(event) =>
        showTip(label(indexAt(event)), event.clientX + 14, event.clientY + 14)
      }
      onPointerLeave={hideTip}
      onClick={(event) => (model.weight.value = indexAt(event))}
    >
      <svg width={width} height={kHeight} aria-hidden="true">
        {bars.map((decibels, index) => (
          <rect
            class={`${stepClass(decibels)}${index === selected ? ' selected' : ''}`}
            x={index * each}
            width={Math.max(each - gap, 0.6)}
            y={kHeight - height(decibels)}
            height={height(decibels)}
          />
        ))}
        {selected !== null && selected <= last && (
          <path class="strip-mark" d={`M${(selected + 0.5) * each - 4} 0h8l-4 6z`} />
        )}
      </svg>
    </div>
  );
}
