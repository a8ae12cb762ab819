// How the figures came about: counting, time, the device's numbers with their sources, and limits.

import type { DocumentDevice, Roofline } from '../document';
import { bandwidth, bytes, exact, kDash, rate, ratio, seconds, si } from '../format';
import { type MessageKey, sentence, t } from '../text';
import { Section, useModel, Value } from './ui';

const kCounting: MessageKey[] = [
  'method_macs',
  'method_flops',
  'method_bytes',
  'method_course',
  'method_precision',
  'method_seconds',
  'method_floor',
  'method_units',
];
const kNotModelled: MessageKey[] = [
  'not_fusion',
  'not_latency',
  'not_l2',
  'not_skipped',
  'not_clock',
  'not_overlap',
];

export function MethodSection() {
  const model = useModel();
  const roofline = model.roofline.value;
  const device = model.document.value.devices.find(
    (candidate) => candidate.name === roofline?.device && candidate.source === roofline.source,
  );
  return (
    <Section id="method" title={t('section_method')}>
      <div class="columns">
        <div>
          <h3>{t('method_counting')}</h3>
          <ul class="prose">
            {kCounting.map((key) => (
              <li>{t(key)}</li>
            ))}
          </ul>
          <h3>{t('method_not')}</h3>
          <ul class="prose">
            {kNotModelled.map((key) => (
              <li>{t(key)}</li>
            ))}
          </ul>
        </div>
        <div>
          {roofline && device && <Device device={device} roofline={roofline} />}
          <About />
        </div>
      </div>
    </Section>
  );
}

function confidenceText({ confidence = {} }: DocumentDevice, figure: string): string {
  const text = confidence[figure] ?? confidence[figure.split(' ')[0] ?? ''];
  return text ? t('confidence', { text }) : '';
}

const unitOf = (figure: string) => (figure.endsWith('bandwidth') ? 'B/s' : 'FLOP/s');

function Device({ device, roofline }: { device: DocumentDevice; roofline: Roofline }) {
  const fallback = roofline.verdict.find(({ code }) => code === 'fallback');
  return (
    <>
      <h3>
        {t('method_device', { name: device.name })} <span class="quiet">{t(device.source)}</span>
      </h3>
      <Facts device={device} roofline={roofline} />
      {roofline.precision !== roofline.evaluated_as && (
        <p class="quiet">
          {t('evaluated_as', {
            precision: roofline.precision.toUpperCase(),
            evaluated: roofline.evaluated_as.toUpperCase(),
          })}
        </p>
      )}
      {fallback && <p class="note">{sentence('verdicts', fallback, fallback.text)}</p>}
      <Derivation device={device} />
      <Sources device={device} />
    </>
  );
}

function Facts({ device, roofline }: { device: DocumentDevice; roofline: Roofline }) {
  const { peak_tensor, peak_vector, ridge, launch_seconds: launch } = roofline;
  const evaluated = roofline.evaluated_as.toUpperCase();
  const perByte = t('unit_intensity');
  const facts: [label: string, text: string, tip: string][] = [
    [`${t('peak_tensor')}, ${evaluated}`, rate(peak_tensor), exact(peak_tensor, 'FLOP/s')],
    [`${t('peak_vector')}, ${evaluated}`, rate(peak_vector), exact(peak_vector, 'FLOP/s')],
    [t('bandwidth'), bandwidth(roofline.bandwidth), exact(roofline.bandwidth, 'B/s')],
    [
      t('ridge'),
      ridge === null ? kDash : `${ratio(ridge)}\u00a0${perByte}`,
      `${ridge ?? ''} ${perByte}`,
    ],
    [t('memory_size'), bytes(device.memory_bytes), exact(device.memory_bytes, 'B')],
    [t('launch'), launch === 0 ? t('launch_none') : seconds(launch), exact(launch, 's')],
  ];
  return (
    <table class="plain-table">
      <tbody>
        {facts.map(([label, text, tip]) => (
          <tr>
            <th scope="row">{label}</th>
            <td class="number">
              <Value text={text} tip={tip} reason={t('unknown_default')} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How each peak follows from the chip's structure. */
function Derivation({ device }: { device: DocumentDevice }) {
  const { derivation = [] } = device;
  if (derivation.length === 0) return null;
  return (
    <>
      <h4>{t('method_derivation')}</h4>
      <div class="table-scroll" tabIndex={0}>
        <table>
          <tbody>
            {derivation.map((row) => (
              <tr>
                <td>{row.figure}</td>
                <td class="quiet">{row.formula}</td>
                <td class="number" data-tip={exact(row.value, unitOf(row.figure))}>
                  {si(row.value, unitOf(row.figure))}
                </td>
                <td class="quiet">{confidenceText(device, row.figure)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Sources({ device }: { device: DocumentDevice }) {
  const sources = Object.entries(device.sources ?? {});
  if (sources.length === 0) return null;
  return (
    <>
      <h4>{t('method_sources')}</h4>
      <dl class="attributes">
        {sources.map(([figure, source]) => {
          const confidence = confidenceText(device, figure);
          return (
            <>
              <dt>{figure}</dt>
              <dd>
                <bdi>{source}</bdi> {confidence && <span class="quiet">({confidence})</span>}
              </dd>
            </>
          );
        })}
      </dl>
    </>
  );
}

function About() {
  const { model, tool, options } = useModel().document.value;
  const opsets = Object.entries(model.opsets ?? {})
    .map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
    .join(', ');
  const types = Object.entries(model.weight_dtypes ?? {})
    .map(([dtype, size]) => `${dtype} ${bytes(size)}`)
    .join(', ');
  const chosen = Object.entries(options)
    .filter(
      ([, value]) =>
        value !== null && JSON.stringify(value) !== '[]' && JSON.stringify(value) !== '{}',
    )
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join('; ');
  const rows: [string, string][] = [
    [t('file'), model.file],
    [t('file_size'), bytes(model.bytes)],
    [t('producer'), [model.producer, model.producer_version].filter(Boolean).join(' ')],
    [t('opset'), opsets],
    [t('weight_types'), types],
    [
      t('external'),
      (model.external_data ?? [])
        .map((file) => `${file.location} (${t(file.present ? 'present' : 'missing')})`)
        .join(', '),
    ],
    [t('structure'), model.structure_sha256 ?? ''],
    [t('options'), chosen],
    [t('tool'), `${tool.name} ${tool.version}`],
  ];
  return (
    <>
      <h3>{t('method_model')}</h3>
      <dl class="attributes">
        {rows
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <>
              <dt>{label}</dt>
              <dd class="breakable">
                <bdi>{value}</bdi>
              </dd>
            </>
          ))}
      </dl>
    </>
  );
}
