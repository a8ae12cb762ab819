// Everything about one layer: tensors, figures in both conventions, notes, and its neighbours.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type DocumentNode, operatorKey } from '../document';
import { countAt, known } from '../figures';
import { bytes, exact, kDash, percent, rate, ratio, seconds, shape, si } from '../format';
import type { ReportModel } from '../model';
import { noteText, t } from '../text';
import { goTo } from './navigation';
import { reasonOf } from './overview';
import { boundKey } from './roofline';
import { nodeName, Swatch, useModel, Value } from './ui';

export function Inspector() {
  const model = useModel();
  const id = model.selected.value;
  const open = model.inspecting.value && id !== null;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    document.body.classList.toggle('inspecting', open);
  }, [open]);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [id]);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && model.inspecting.value) model.select(null);
    };
    document.addEventListener('keydown', escape);
    return () => document.removeEventListener('keydown', escape);
  }, []);
  if (!open) return null;
  const node = model.document.value.nodes[id]!;
  return (
    <aside class="inspector screen-only" aria-label={t('details')} ref={box}>
      <div class="inspector-head">
        <div class="controls">
          <button type="button" disabled={id === 0} onClick={() => model.select(id - 1)}>
            {t('previous_layer')}
          </button>
          <button
            type="button"
            disabled={id === model.document.value.nodes.length - 1}
            onClick={() => model.select(id + 1)}
          >
            {t('next_layer')}
          </button>
          <button type="button" onClick={() => goTo('layers')}>
            {t('show_in_table')}
          </button>
          <button type="button" class="last" onClick={() => model.select(null)}>
            {t('close')}
          </button>
        </div>
        <h2>
          <bdi>{nodeName(node.name)}</bdi>
        </h2>
        <p class="inspector-op">
          <Swatch name={node.class} />
          {operatorKey(node)}{' '}
          <span class="quiet">
            {node.class}, #{node.id}
          </span>
        </p>
      </div>
      <Description node={node} model={model} />
      <Figures node={node} model={model} />
      <Tensors node={node} model={model} />
      <Neighbours node={node} model={model} />
      <Attributes node={node} />
    </aside>
  );
}

interface Part {
  node: DocumentNode;
  model: ReportModel;
}

function Block({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="block">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Description({ node, model }: Part) {
  const about = model.document.value.operators?.[operatorKey(node)];
  return (
    <div class="block">
      {about?.description && (
        <p>
          {about.description}.{' '}
          {about.flops && <span class="quiet">{t('operator_cost', { formula: about.flops })}</span>}
        </p>
      )}
      {node.scope && (
        <p class="quiet breakable">
          <bdi>{node.scope}</bdi>
        </p>
      )}
      {(node.times ?? 1) !== 1 && <p>{t('repeats', { n: node.times! })}</p>}
      {(node.notes ?? []).map((code) => (
        <p class="note">{noteText(code) ?? <code>{code}</code>}</p>
      ))}
    </div>
  );
}

function Figures({ node, model }: Part) {
  const figures = model.figures.value;
  const roofline = model.roofline.value;
  const { id } = node;
  const reason = reasonOf(model.document.value, roofline);
  const hardwareBytes = roofline ? countAt(roofline.node_bytes, id) : null;
  const hardwareIntensity = roofline ? countAt(roofline.node_intensity, id) : node.intensity;
  const time = known(figures.seconds[id]!);
  const cell = (text: string, tip: string) => (
    <td class="number">
      <Value text={text} tip={tip} reason={reason} />
    </td>
  );
  const stored = node.bytes;
  return (
    <Block title={t('figures')}>
      {roofline && (
        <p class="inspector-time">
          <Value text={seconds(time)} tip={exact(time, 's')} reason={reason} />{' '}
          <span class="quiet">
            {t('predicted')},{' '}
            {t('share_of_time', {
              share: percent(time === null ? null : time / figures.total.seconds),
            })}
            {'cml'.includes(figures.bound(id)) &&
              `, ${t('bound_by', { bound: t(boundKey(figures.bound(id))) })}`}
          </span>
        </p>
      )}
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">{t('figure')}</th>
            <th scope="col" class="number">
              {t('hardware')}
            </th>
            <th scope="col" class="number">
              {t('course')}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('macs')}</th>
            {cell(si(node.macs, ''), exact(node.macs, 'MAC'))}
            {cell(si(node.macs, ''), exact(node.macs, 'MAC'))}
          </tr>
          <tr>
            <th scope="row">{t('flops')}</th>
            {cell(si(node.flops, ''), exact(node.flops, 'FLOP'))}
            {cell(si(node.course.flops, ''), exact(node.course.flops, 'FLOP'))}
          </tr>
          <tr>
            <th scope="row">
              {t('bytes')}
              {roofline && (
                <small> {t('unit_at', { precision: roofline.precision.toUpperCase() })}</small>
              )}
            </th>
            {cell(bytes(hardwareBytes), exact(hardwareBytes, 'B'))}
            {cell(bytes(node.course.bytes), exact(node.course.bytes, 'B'))}
          </tr>
          <tr>
            <th scope="row">
              {t('intensity')} <small>{t('unit_intensity')}</small>
            </th>
            {cell(ratio(hardwareIntensity), String(hardwareIntensity ?? kDash))}
            {cell(ratio(node.course.intensity), String(node.course.intensity ?? kDash))}
          </tr>
          {roofline && (
            <tr>
              <th scope="row">
                {t('col_performance')} <small>{t('predicted')}</small>
              </th>
              {cell(rate(known(figures.performance[id]!)), '')}
              <td />
            </tr>
          )}
        </tbody>
      </table>
      <p class="quiet">
        {t('bytes_split')}: {bytes(stored.weights)} {t('bytes_weights')}, {bytes(stored.inputs)}{' '}
        {t('bytes_inputs')}, {bytes(stored.outputs)} {t('bytes_outputs')}.{' '}
        {node.precision && t('stored_type', { type: node.precision })}
      </p>
    </Block>
  );
}

function Tensors({ node, model }: Part) {
  const { tensors } = model.document.value;
  const kinds: Record<string, string> = {
    weight: t('weight'),
    constant: t('constant'),
    input: t('graph_input'),
    output: t('graph_output'),
  };
  const row = (name: string) => {
    const info = tensors[name];
    if (!name) return <li class="quiet">{t('empty_input')}</li>;
    return (
      <li>
        <span class="breakable">
          <bdi>{name}</bdi>
        </span>
        <span class="tensor-type">
          <span data-tip={info?.unknown}>{shape(info?.shape ?? null)}</span>{' '}
          <span class="quiet">
            {info?.dtype ?? '?'}
            {info?.kind ? `, ${kinds[info.kind] ?? info.kind}` : ''}
          </span>
        </span>
        {info?.unknown && <span class="note">{info.unknown}</span>}
      </li>
    );
  };
  return (
    <>
      <Block title={t('inputs')}>
        <ul class="tensors">
          {node.inputs.map(row)}
          {node.inputs.length === 0 && <li class="quiet">{t('no_neighbours')}</li>}
        </ul>
      </Block>
      <Block title={t('outputs')}>
        <ul class="tensors">{node.outputs.filter((name) => name).map(row)}</ul>
      </Block>
    </>
  );
}

const kNeighbours = 12;

function Neighbours({ node, model }: Part) {
  const { producer, consumers } = model.wiring.value;
  const before = [...new Set(node.inputs.flatMap((name) => producer.get(name) ?? []))];
  const after = [...new Set(node.outputs.flatMap((name) => consumers.get(name) ?? []))];
  const list = (title: string, ids: number[]) => (
    <div>
      <h4>{title}</h4>
      <ul class="neighbours">
        {ids.slice(0, kNeighbours).map((id) => {
          const other = model.document.value.nodes[id]!;
          return (
            <li>
              <button type="button" class="link" onClick={() => model.select(id)}>
                <Swatch name={other.class} />
                <bdi>{nodeName(other.name)}</bdi> <span class="quiet">{other.op}</span>
              </button>
            </li>
          );
        })}
        {ids.length === 0 && <li class="quiet">{t('no_neighbours')}</li>}
        {ids.length > kNeighbours && (
          <li class="quiet">{t('more_neighbours', { n: ids.length - kNeighbours })}</li>
        )}
      </ul>
    </div>
  );
  return (
    <Block title={t('neighbours')}>
      {list(t('before'), before)}
      {list(t('after'), after)}
    </Block>
  );
}

function Attributes({ node }: { node: DocumentNode }) {
  const entries = Object.entries(node.attributes ?? {});
  if (entries.length === 0) return null;
  const text = (value: unknown) =>
    Array.isArray(value)
      ? `[${value.join(', ')}]`
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return (
    <Block title={t('attributes')}>
      <dl class="attributes">
        {entries.map(([name, value]) => (
          <>
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <bdi>{text(value)}</bdi>
            </dd>
          </>
        ))}
      </dl>
    </Block>
  );
}
