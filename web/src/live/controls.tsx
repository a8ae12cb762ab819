// The controls of a what-if, in the header of whatever report can recompute.

import { seconds } from '../report/format';
import type { ReportModel } from '../report/model';
import { layersText } from '../report/text';
import { Choice, useModel } from '../report/views/ui';
import { say } from '../page/text';
import type { WhatIf } from './whatif';

/** What sticks below the header must know its height, which its controls change by wrapping. */
export function followBarHeight(): (() => void) | undefined {
  const bar = document.querySelector<HTMLElement>('header.bar');
  if (!bar) return undefined;
  const observer = new ResizeObserver(() => {
    const height = getComputedStyle(bar).position === 'sticky' ? bar.clientHeight : -1;
    document.documentElement.style.setProperty('--bar', `${height}px`);
  });
  observer.observe(bar);
  return () => observer.disconnect();
}

export function Controls({ whatIf }: { whatIf: WhatIf }) {
  const symbols = whatIf.symbols.value;
  // Only a batch is assumed: where there is one such symbol, it needs no second control.
  const assumed = symbols.filter((symbol) => symbol.assumed !== null);
  const [first] = assumed;
  const batchSymbol = assumed.length === 1 ? first?.name : undefined;
  const others = symbols.filter((symbol) => symbol.name !== batchSymbol);
  return (
    <>
      <NumberField
        label={say('whatif_batch')}
        tip={say('whatif_batch_hint')}
        placeholder={batchSymbol ? String(first!.assumed) : ''}
        value={whatIf.batch.value}
        onChange={(value) => {
          whatIf.batch.value = value;
        }}
      />
      {others.slice(0, 2).map((symbol) => (
        <DimField whatIf={whatIf} {...symbol} />
      ))}
      <details class="menu whatif-menu">
        <summary>{say('whatif_more')}</summary>
        <div class="menu-body">
          {others.slice(2).map((symbol) => (
            <DimField whatIf={whatIf} {...symbol} />
          ))}
          <Switch label={say('whatif_sparse')} of={whatIf.sparse} />
          <Switch label={say('whatif_tf32')} of={whatIf.tf32} />
          <OwnPrecisions whatIf={whatIf} />
          <button type="button" disabled={!whatIf.changed.value} onClick={() => whatIf.reset()}>
            {say('whatif_reset')}
          </button>
          {whatIf.latency.value !== null && (
            <p class="quiet">
              {say('whatif_latency', { value: seconds(whatIf.latency.value / 1e3) })}
            </p>
          )}
        </div>
      </details>
    </>
  );
}

function DimField(props: { whatIf: WhatIf; name: string; assumed: number | null }) {
  const { whatIf, name, assumed } = props;
  return (
    <NumberField
      label={name}
      tip={say('whatif_dim_hint', { name })}
      placeholder={assumed === null ? say('whatif_open') : String(assumed)}
      value={whatIf.dims.value[name] ?? null}
      onChange={(value) => {
        const { [name]: _, ...rest } = whatIf.dims.value;
        whatIf.dims.value = value === null ? rest : { ...rest, [name]: value };
      }}
    />
  );
}

export function NumberField(props: {
  label: string;
  tip?: string;
  placeholder?: string;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  return (
    <label class="choice number-field" data-tip={props.tip}>
      <span>
        <bdi>{props.label}</bdi>
      </span>
      <input
        type="number"
        min={1}
        step={1}
        inputMode="numeric"
        placeholder={props.placeholder}
        value={props.value ?? ''}
        onInput={(event) => {
          const { value, validity } = event.currentTarget;
          if (value === '' && !validity.badInput) props.onChange(null);
          const number = Number(value);
          if (Number.isSafeInteger(number) && number >= 1) props.onChange(number);
        }}
      />
    </label>
  );
}

function Switch({ label, of }: { label: string; of: { value: boolean } }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={of.value}
        onChange={(event) => {
          of.value = event.currentTarget.checked;
        }}
      />
      {label}
    </label>
  );
}

/** The layers that a filter, a rectangle or a click chose; none when nothing narrows. */
function chosenLayers(report: ReportModel): number[] {
  if (report.narrowed.value) return [...report.visible.value];
  const selected = report.selected.value;
  return selected === null ? [] : [selected];
}

/** That some layers have a precision of their own; empty where all are alike. */
export function mixText({ own, precision }: WhatIf): string {
  const others = [...own.value.values()].filter((name) => name !== precision.value).length;
  const base = (precision.value ?? '').toUpperCase();
  return others > 0 ? say('whatif_own_active', { layers: layersText(others), base }) : '';
}

function OwnPrecisions({ whatIf }: { whatIf: WhatIf }) {
  const report = useModel();
  const chosen = chosenLayers(report);
  const precisions = whatIf.known()?.precisions ?? [];
  const set = (precision: string) => {
    if (precision === '') return;
    const own = new Map(whatIf.own.value);
    for (const id of chosen) own.set(id, precision);
    whatIf.own.value = own;
  };
  return (
    <fieldset class="own">
      <legend>{say('whatif_own')}</legend>
      {chosen.length === 0 ? (
        <p class="quiet">{say('whatif_own_none')}</p>
      ) : (
        <Choice
          label={say('whatif_own_count', { layers: layersText(chosen.length) })}
          value=""
          options={[
            { value: '', text: '—' },
            ...precisions.map((name) => ({ value: name, text: name.toUpperCase() })),
          ]}
          onChange={set}
        />
      )}
      {whatIf.own.value.size > 0 && (
        <p>
          {mixText(whatIf)}{' '}
          <button type="button" class="link" onClick={() => (whatIf.own.value = new Map())}>
            {say('whatif_own_clear')}
          </button>
        </p>
      )}
    </fieldset>
  );
}
