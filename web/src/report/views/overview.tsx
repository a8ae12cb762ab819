// What a reviewer with one minute reads: the verdict, what would change it, and eight figures.

import type { ComponentChildren } from 'preact';
import type { Diagnostic, ReportDocument, Roofline } from '../document';
import { bytes, exact, kDash, percent, ratio, seconds, si } from '../format';
import { layersText, sentence as say, t } from '../text';
import { goTo } from './navigation';
import { precisionName } from './header';
import { CutFront, nodeName, Section, useModel, Value } from './ui';

export function Overview() {
  const model = useModel();
  const { verdict = [] } = model.roofline.value ?? {};
  const remark = model.live?.remark();
  return (
    <Section id="overview" title={t('section_overview')} quietTitle>
      <div class="verdict" aria-live="polite">
        {verdict.length === 0 && <p>{t('verdict_none')}</p>}
        {verdict.map((sentence, index) => (
          <p class={index === 0 ? 'lead' : undefined}>
            <bdi>{say('verdicts', sentence, sentence.text)}</bdi>
          </p>
        ))}
        {remark && <p>{remark}</p>}
      </div>
      <Alerts />
      <Tiles />
    </Section>
  );
}

interface Alert {
  severity: 'error' | 'warning';
  text: string;
  node?: number | null;
}

const kAlerts = 4;
/** Codes whose facts stand in the totals: said once, from there. */
const kSaidByTotals = /unbound|assumed|external_data|no_rule|unmodelled|unknown_op|data_dependent/;

export function alertsOf(document: ReportDocument, roofline: Roofline | null): Alert[] {
  const { assumed = [], unbound = [], coverage } = document.totals;
  const alerts: Alert[] = [];
  const warn = (text: string) => alerts.push({ severity: 'warning', text });
  // The verdict asks for open sizes itself where it can.
  const asked = roofline?.verdict.some((sentence) => sentence.code === 'unbound_symbol');
  if (unbound.length > 0 && !asked) {
    const inputs = [...new Set(unbound.flatMap((entry) => entry.inputs))].join(', ');
    alerts.push({
      severity: 'error',
      text: t('alert_unbound', { inputs, options: unbound.map((entry) => entry.option).join(' ') }),
    });
  }
  if (roofline?.fits_memory === false) {
    const need = bytes((roofline.weight_bytes ?? 0) + (roofline.peak_activation_bytes ?? 0));
    alerts.push({
      severity: 'error',
      text: t('alert_memory', { need, have: bytes(roofline.memory_bytes) }),
    });
  }
  if (assumed.length > 0)
    warn(
      t('alert_assumed', {
        list: assumed.map((entry) => `${entry.symbol} = ${entry.value}`).join(', '),
      }),
    );
  const missing = (document.model.external_data ?? []).filter((file) => !file.present);
  if (missing.length > 0)
    warn(t('alert_external', { files: missing.map((file) => file.location).join(', ') }));
  const unmodelled = coverage.unmodelled_ops ?? [];
  if (unmodelled.length > 0) {
    const n = unmodelled.reduce((sum, entry) => sum + entry.nodes, 0);
    const names = unmodelled
      .slice(0, 3)
      .map((entry) => (entry.domain ? `${entry.domain}::${entry.op}` : entry.op));
    const ops = unmodelled.length > 3 ? `${names.join(', ')} …` : names.join(', ');
    const share = coverage.unmodelled_bytes_share;
    warn(
      share === null || share === undefined
        ? t('alert_unmodelled_plain', { ops, n, all: coverage.nodes })
        : t('alert_unmodelled', { ops, n, all: coverage.nodes, share: percent(share) }),
    );
  }
  if (coverage.data_dependent_nodes)
    warn(t('alert_data', { layers: layersText(coverage.data_dependent_nodes) }));
  const said = (entry: Diagnostic) => kSaidByTotals.test(entry.code) && alerts.length > 0;
  for (const entry of document.diagnostics) {
    if (entry.severity === 'note' || said(entry)) continue;
    alerts.push({
      severity: entry.severity,
      text: say('diagnostics', entry, entry.message),
      node: entry.node,
    });
  }
  return alerts.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

function Alerts() {
  const model = useModel();
  const alerts = alertsOf(model.document.value, model.roofline.value);
  if (alerts.length === 0) return null;
  const rest = alerts.length - kAlerts;
  return (
    <ul class="alerts">
      {alerts.slice(0, kAlerts).map((alert) => (
        <li class={alert.severity}>
          <strong>{t(alert.severity === 'error' ? 'severity_error' : 'severity_warning')}</strong>{' '}
          <bdi>{alert.text}</bdi>
        </li>
      ))}
      {rest > 0 && (
        <li class="more">
          <button type="button" class="link" onClick={() => goTo('diagnostics')}>
            {t('more_warnings', { n: rest })}
          </button>
        </li>
      )}
    </ul>
  );
}

interface TileProps {
  label: string;
  text: string;
  sub: ComponentChildren;
  tip: string;
  exact?: string;
  /** Why the figure is unknown, where another reason holds than for the rest. */
  reason?: string;
  children?: ComponentChildren;
}

function Tile(props: TileProps) {
  const model = useModel();
  const reason = props.reason ?? reasonOf(model.document.value, model.roofline.value);
  const tip = props.exact && props.text !== kDash ? `${props.exact}\n${props.tip}` : props.tip;
  return (
    <div class="tile">
      <dt>
        <span tabIndex={0} data-tip={props.tip}>
          {props.label}
        </span>
      </dt>
      <dd>
        <span class="tile-value">
          <Value text={props.text} tip={tip} reason={reason} />
        </span>
        {props.children}
        <span class="quiet tile-sub">{props.sub}</span>
      </dd>
    </div>
  );
}

/** Eight figures, of the model and at the chosen precision. */
function Tiles() {
  const model = useModel();
  const roofline = model.roofline.value;
  const precision = roofline ? precisionName(roofline.precision, roofline.evaluated_as) : '';
  const floor = seconds(roofline?.seconds_floor ?? null);
  return (
    <dl class="tiles">
      <Tile
        label={roofline ? t('tile_time', { precision }) : t('time')}
        text={seconds(roofline?.seconds ?? null)}
        tip={t('tip_time', { floor })}
        {...(roofline ? {} : { reason: t('unknown_no_device') })}
        sub={`${t('predicted')}, ${t('sub_floor', { value: floor })}`}
      />
      <WorkTiles />
      <BytesTiles precision={precision} />
    </dl>
  );
}

const conventionText = (course: boolean) => t(course ? 'course_short' : 'hardware_short');

function WorkTiles() {
  const model = useModel();
  const { totals } = model.document.value;
  const course = model.convention.value === 'course';
  const flops = course ? totals.course.flops : totals.flops;
  return (
    <>
      <Tile
        label={t('tile_macs')}
        text={si(totals.macs, 'MAC')}
        exact={exact(totals.macs, 'MAC')}
        tip={t('tip_macs')}
        sub={t('sub_macs')}
      />
      <Tile
        label={t('tile_flops')}
        text={si(flops, 'FLOP')}
        exact={exact(flops, 'FLOP')}
        tip={t(course ? 'tip_flops_course' : 'tip_flops_hardware')}
        sub={conventionText(course)}
      />
      <Tile
        label={t('tile_params')}
        text={si(totals.params, '')}
        exact={exact(totals.params, '')}
        tip={t('tip_params')}
        sub={t('sub_elements')}
      />
    </>
  );
}

/** What is stored and moved: at the chosen precision, by the course's convention as stored. */
function BytesTiles({ precision }: { precision: string }) {
  const model = useModel();
  const { totals } = model.document.value;
  const roofline = model.roofline.value;
  const course = model.convention.value === 'course';
  const weights = course ? totals.weight_bytes : (roofline?.weight_bytes ?? totals.weight_bytes);
  const traffic = course ? totals.course.bytes : (roofline?.traffic_bytes ?? totals.traffic_bytes);
  const peak = roofline?.peak_activation_bytes ?? totals.peak_activation_bytes;
  const at = (stored: number | null, shown: number | null) =>
    roofline && stored !== shown ? t('sub_at', { precision }) : t('unit_stored');
  const stored = bytes(totals.traffic_bytes);
  return (
    <>
      <Tile
        label={t('tile_weights')}
        text={bytes(weights)}
        exact={exact(weights, 'B')}
        tip={t('tip_weights', { stored: bytes(totals.weight_bytes) })}
        sub={at(totals.weight_bytes, weights)}
      />
      <Tile
        label={t('tile_traffic')}
        text={bytes(traffic)}
        exact={exact(traffic, 'B')}
        tip={course ? t('tip_traffic_course') : t('tip_traffic_hardware', { stored })}
        sub={course ? conventionText(course) : at(totals.traffic_bytes, traffic)}
      />
      <IntensityTile />
      <Tile
        label={t('tile_peak')}
        text={bytes(peak)}
        exact={exact(peak, 'B')}
        tip={t('tip_peak', { stored: bytes(totals.peak_activation_bytes) })}
        sub={<PeakPlace fallback={at(totals.peak_activation_bytes, peak)} />}
      />
    </>
  );
}

function IntensityTile() {
  const model = useModel();
  const { totals } = model.document.value;
  const roofline = model.roofline.value;
  const course = model.convention.value === 'course';
  const intensity = course ? totals.course.intensity : (roofline?.intensity ?? totals.intensity);
  const ridge = roofline?.ridge ?? null;
  return (
    <Tile
      label={t('tile_intensity')}
      text={intensity === null ? kDash : `${ratio(intensity)}\u00a0${t('unit_intensity')}`}
      tip={t('tip_intensity', { ridge: ratio(ridge) })}
      sub={ridge ? t('sub_ridge', { value: ratio(ridge) }) : conventionText(course)}
    >
      {intensity !== null && ridge ? <Bullet value={intensity} ridge={ridge} /> : null}
    </Tile>
  );
}

function PeakPlace({ fallback }: { fallback: string }) {
  const model = useModel();
  const node = model.document.value.memory?.peak_node;
  const found = node === null || node === undefined ? undefined : model.document.value.nodes[node];
  if (!found) return <>{fallback}</>;
  return (
    <button type="button" class="link one-line" onClick={() => model.select(found.id)}>
      <CutFront text={nodeName(found.name)} />
    </button>
  );
}

/** Intensity against the ridge on a logarithmic scale of four decades around it. */
function Bullet({ value, ridge }: { value: number; ridge: number }) {
  const place = (number: number) =>
    Math.min(100, Math.max(0, 62 + 25 * Math.log10(number / ridge)));
  return (
    <span
      class="bullet"
      role="img"
      aria-label={t('bullet', { value: ratio(value), ridge: ratio(ridge) })}
    >
      <span
        class="bullet-value"
        style={{ width: `${place(value)}%`, background: value < ridge ? '#e69f00' : '#0072b2' }}
      />
      <span class="bullet-ridge" style={{ left: `${place(ridge)}%` }} />
    </span>
  );
}

export function reasonOf(document: ReportDocument, roofline: Roofline | null): string {
  const { unbound = [], coverage } = document.totals;
  if (unbound.length > 0) return t('unknown_unbound');
  if (coverage.data_dependent_nodes) return t('unknown_data');
  if (coverage.modelled < coverage.nodes) return t('unknown_no_rule');
  return roofline ? t('unknown_default') : t('unknown_no_device');
}
