// Entry of what a live report adds to report.html: the core in a worker made of the file itself, and
// the model's skeleton, so that device, batch, dims and precisions can be switched offline.

import { batch, computed, effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { unpackBytes } from '../report/document';
import { kEnglish } from '../page/english';
import type { DeviceChoice, ReportModel, WeightStatus, WeightTools } from '../report/model';
import type { Quantization } from '../report/quantization';
import { language } from '../report/text';
import type { StatePart } from '../report/urlstate';
import { ThemeChoice } from '../report/views/header';
import { Controls, followBarHeight, mixText } from './controls';
import { LivePruning } from './prune';
import { planText } from './weights';
import { type BuiltInDevices, Core, CoreError, type CoreOptions } from './core';
import type { KnownDevice, Surroundings } from './choices';
import { followPlans } from './plans';
import { WhatIf } from './whatif';

/** The text of a part that the command line put into the file. */
const part = (id: string) => document.getElementById(id)?.textContent ?? '';

/** Once sizes can be set, the report speaks of its controls; files cannot be given to it. */
const kControls = { ...kEnglish, hints: { ...kEnglish.hints, external_data_missing: [] } };

class LiveReport implements Surroundings {
  readonly builtIn = signal<BuiltInDevices | null>(null);
  readonly trouble = signal<unknown>(null);
  readonly ready = signal(false);
  readonly whatIf = new WhatIf(this, null);
  private readonly files: KnownDevice[];
  private readonly known = computed<KnownDevice[]>(() => [
    ...this.files,
    ...(this.builtIn.value?.devices ?? []).map(({ precisions, device }) => ({
      request: `${device.name}@${device.source}`,
      precisions,
      device,
    })),
  ]);
  readonly devices = computed<DeviceChoice[]>(() =>
    this.known.value.map(({ device }) => ({ device: device.name, source: device.source })),
  );

  constructor(private readonly report: ReportModel) {
    const { options, devices, rooflines } = report.document.value;
    const contents = JSON.parse(part('device-files') || '[]') as {
      file: string;
      content: string;
      name: string;
    }[];
    this.files = contents.flatMap(({ file, content, name }) => {
      const device = devices.find((each) => each.name === name);
      if (!device) return [];
      const precisions = rooflines
        .filter((each) => each.device === name && each.source === device.source)
        .map(({ precision }) => precision);
      return [{ request: { file, content, source: device.source }, precisions, device }];
    });
    const {
      batch: size,
      dims,
      shapes,
      sparse,
      tf32,
      convention,
    } = options as unknown as Required<Omit<CoreOptions, 'devices' | 'precisions'>>;
    const { whatIf } = this;
    whatIf.base = { devices: [], shapes, convention };
    whatIf.batch.value = size ?? null;
    whatIf.dims.value = dims ?? {};
    whatIf.sparse.value = sparse;
    whatIf.tf32.value = tf32;
  }

  knownDevice({ device, source }: DeviceChoice): KnownDevice | null {
    const same = (known: KnownDevice) =>
      known.device.name === device && known.device.source === source;
    return this.known.value.find(same) ?? null;
  }

  fail(cause: unknown): void {
    this.trouble.value = cause instanceof CoreError ? cause.fault.message : String(cause);
  }

  /** Starts the worker and lets it open the skeleton. */
  async start(fragment: string): Promise<void> {
    try {
      const [wasm, worker, skeleton] = await Promise.all(
        ['core', 'worker', 'skeleton'].map((id) => unpackBytes(part(id))),
      );
      const address = URL.createObjectURL(new Blob([worker!], { type: 'text/javascript' }));
      const core = new Core(new Worker(address, { name: 'trtreport' }));
      await core.load(wasm!);
      this.builtIn.value = await core.devices();
      const { whatIf, report } = this;
      const model = new File([skeleton!], report.document.value.model.file);
      await core.reopen(model, whatIf.request());
      whatIf.attach({ core, model, report });
      this.followDevice();
      whatIf.readState(new URLSearchParams(fragment.replace(/^#/, '')));
      if (report.quantization.value) await this.offerWeights(core);
      if (report.prune.data.value) this.offerCuts(worker!, wasm!, model);
      language.value = kControls;
      this.ready.value = true;
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** The report holds no weights: thresholds move on the histograms that it has, plans on its noise. */
  private async offerWeights(core: Core): Promise<void> {
    const { report, whatIf } = this;
    const { sensitivity, plan } = report.quantization.value!;
    const tools: WeightTools = {
      status: signal<WeightStatus>({ stage: 'done', done: 0, total: 0 }),
      start: () => undefined,
      cancel: () => undefined,
      threshold: (request) => core.threshold(request),
    };
    if (sensitivity && plan) {
      await core.quantize('default');
      await core.plan({ request: planText(plan), noise: sensitivity.layers });
      tools.plan = async (choice) => ({
        ...(report.quantization.peek()?.plan ?? plan),
        ...(await core.planOf(choice)),
        trtexec: null,
      });
      followPlans(
        report,
        whatIf.request(),
        () => whatIf.request(),
        async () => {
          await whatIf.settled();
          return core.section<Quantization>('quantization');
        },
      );
      tools.applyPlan = (base, precisions) => whatIf.mix(base, precisions);
    }
    report.weightTools.value = tools;
  }

  /** Sliders, by a second core on the same skeleton. */
  private offerCuts(worker: ArrayBuffer, wasm: ArrayBuffer, model: File): void {
    const { report, whatIf } = this;
    const pruning = new LivePruning(
      report.prune,
      () => whatIf.request(),
      async () => {
        const address = URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }));
        const core = new Core(new Worker(address, { name: 'trtreport' }));
        await core.load(wasm);
        await core.reopen(model, whatIf.request());
        return core;
      },
    );
    pruning.begin(true);
  }

  /** A device of the document that somebody switches to is the what-if's from then on. */
  private followDevice(): void {
    effect(() => {
      const now = this.report.roofline.value;
      const choice = now && { device: now.device, source: now.source };
      if (!choice || !this.knownDevice(choice)) return;
      const held = this.whatIf.device.peek();
      if (held?.device === choice.device && held.source === choice.source) return;
      batch(() => {
        this.whatIf.device.value = choice;
        this.whatIf.precision.value = now.precision;
      });
    });
  }
}

function LiveControls({ live, report }: { live: LiveReport; report: ReportModel }) {
  useEffect(followBarHeight, []);
  const trouble = live.trouble.value;
  return (
    <>
      {live.ready.value && <Controls whatIf={live.whatIf} />}
      <ThemeChoice model={report} />
      {trouble !== null && (
        <p class="live-trouble" role="alert">
          {String(trouble)}
        </p>
      )}
    </>
  );
}

globalThis.trtreportLive = (report: ReportModel): StatePart[] => {
  const live = new LiveReport(report);
  report.live = {
    devices: live.devices,
    chooseDevice: (choice) => live.whatIf.chooseDevice(choice),
    controls: () => <LiveControls live={live} report={report} />,
    remark: () => (live.ready.value ? mixText(live.whatIf) : ''),
    sections: [],
  };
  const fragment = location.hash;
  // What the reader came for is drawn first.
  setTimeout(() => void live.start(fragment), 0);
  return [
    {
      readState: () => undefined,
      writeState: (state) => {
        if (live.ready.value) live.whatIf.writeState(state);
        else
          new URLSearchParams(fragment.replace(/^#/, '')).forEach((value, key) =>
            state.set(key, value),
          );
      },
    },
  ];
};
