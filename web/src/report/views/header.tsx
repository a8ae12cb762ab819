// The thin bar that stays: the model's name and the choices that change every figure.

import { shortName } from '../charts/roofs';
import { shape } from '../format';
import type { Convention } from '../figures';
import type { ReportModel } from '../model';
import { t } from '../text';
import { Choice, Segments, useModel } from './ui';

export function Header() {
  const model = useModel();
  const { model: about } = model.document.value;
  const shapes = about.inputs.map((input) => shape(input.shape)).join(', ');
  return (
    <header class="bar">
      <a class="skip" href="#content" onClick={skipTo}>
        {t('skip')}
      </a>
      <div class="bar-inner">
        <div class="bar-title">
          <h1 data-tip={about.file.length > 24 ? about.file : undefined}>
            <bdi>{about.file}</bdi>
          </h1>
          {shapes && !model.live && (
            <span class="quiet bar-shapes" data-tip={shapes.length > 30 ? shapes : undefined}>
              {t('inputs_label', { shapes })}
            </span>
          )}
        </div>
        <div class="bar-controls screen-only">
          <DeviceChoice />
          <PrecisionChoice />
          <Choice<Convention>
            label={t('convention')}
            value={model.convention.value}
            tip={t('convention_hint')}
            options={[
              { value: 'hardware', text: t('hardware') },
              { value: 'course', text: t('course') },
            ]}
            onChange={(value) => {
              model.convention.value = value;
            }}
          />
          {model.live ? model.live.controls() : <ThemeChoice model={model} />}
        </div>
      </div>
    </header>
  );
}

// A plain link would replace the choices kept in the URL's fragment.
function skipTo(event: Event): void {
  event.preventDefault();
  const content = document.getElementById('content');
  content?.focus();
  content?.scrollIntoView();
}

function DeviceChoice() {
  const model = useModel();
  const current = model.roofline.value;
  if (!current) return <span class="quiet">{t('no_device')}</span>;
  const keys = [
    ...new Set(
      [...(model.live?.devices.value ?? []), ...model.rooflines.value].map(({ device, source }) =>
        JSON.stringify([device, source]),
      ),
    ),
  ];
  return (
    <Choice
      label={t('device')}
      value={JSON.stringify([current.device, current.source])}
      options={keys.map((key) => {
        const [name, source] = JSON.parse(key) as [string, 'datasheet' | 'measured'];
        return {
          value: key,
          text: t('device_option', { name: shortName(name), source: t(source) }),
        };
      })}
      onChange={(key) => {
        const [name, source] = JSON.parse(key) as [string, string];
        model.chooseDevice(name, source);
      }}
    />
  );
}

function PrecisionChoice() {
  const model = useModel();
  const current = model.roofline.value;
  if (!current) return null;
  const options = model.rooflines.value
    .filter((roofline) => roofline.device === current.device && roofline.source === current.source)
    .map(({ precision, evaluated_as }) => ({
      value: precision,
      text: precisionName(precision, evaluated_as),
    }));
  return (
    <Choice
      label={t('precision')}
      value={current.precision}
      options={options}
      onChange={(value) => model.choosePrecision(value)}
    />
  );
}

export const precisionName = (precision: string, evaluated: string) =>
  precision === evaluated || precision === 'model'
    ? precision.toUpperCase()
    : `${precision.toUpperCase()} (${evaluated.toUpperCase()})`;

export function ThemeChoice({ model }: { model: ReportModel }) {
  return (
    <Segments
      label={t('theme')}
      value={model.dark.value ? 'dark' : 'light'}
      options={[
        { value: 'light', text: t('theme_light') },
        { value: 'dark', text: t('theme_dark') },
      ]}
      onChange={(value) => {
        model.theme.value = value;
      }}
    />
  );
}
