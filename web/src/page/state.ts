// What the page knows besides the report: what is open, what runs, what went wrong; and everything a
// user can set in motion. Views read the signals and call the methods.

import { batch, computed, signal } from '@preact/signals';
import { type DeviceChoice, type Live, ReportModel } from '../report/model';
import { keepState, readState, type StatePart } from '../report/urlstate';
import {
  type BuiltInDevice,
  type BuiltInDevices,
  Core,
  CoreError,
  type CoreFault,
  type CoreFile,
} from '../live/core';
import { type Progress, readDocument } from '../live/core';
import { baseName, type DroppedFiles, sortFiles } from './files';
import { modelFromUrl, openSampleFiles } from './sources';
import { say } from './text';
import { LivePruning } from '../live/prune';
import { WeightWork } from '../live/weights';
import type { KnownDevice } from '../live/choices';
import { WhatIf } from '../live/whatif';

export type { KnownDevice };

export interface Trouble {
  fault: CoreFault;
  file: string;
}
export interface Notice {
  key: 'left_alone' | 'too_many' | 'device_added' | 'external_added';
  names: string[];
}
export interface Opened {
  /** Another number, another report: its views are then made anew. */
  serial: number;
  core: Core;
  model: CoreFile;
  files: CoreFile[];
  report: ReportModel;
  whatIf: WhatIf;
  weights: WeightWork;
  pruning: LivePruning;
}
export type Place = 'main' | 'other';
/** What the open model is compared with: another one, or itself as it once was. */
export interface Other {
  report: ReportModel;
  name: () => string;
  opened: Opened | null;
}

/** Milliseconds from a report to what else its model is looked at for: the drawing goes first. */
const kAfterDrawing = 600;

export class PageState {
  readonly opened = signal<Opened | null>(null);
  readonly other = signal<Other | null>(null);
  readonly running = signal<{ file: string; place: Place; progress: Progress } | null>(null);
  readonly trouble = signal<Trouble | null>(null);
  readonly notices = signal<Notice[]>([]);
  readonly builtIn = signal<BuiltInDevices | null>(null);
  readonly dropped = signal<KnownDevice[]>([]);
  readonly dragging = signal(false);
  readonly devices = computed<KnownDevice[]>(() => [
    ...(this.builtIn.value?.devices ?? []).map(({ precisions, device }) => ({
      request: `${device.name}@${device.source}`,
      precisions,
      device,
    })),
    ...this.dropped.value,
  ]);
  readonly deviceChoices = computed<DeviceChoice[]>(() =>
    this.devices.value.map(({ device }) => ({ device: device.name, source: device.source })),
  );
  /** Locations of external data that the open model names and nobody gave. */
  readonly missing = computed(() =>
    (this.opened.value?.report.document.value.model.external_data ?? [])
      .filter((file) => !file.present)
      .map((file) => file.location),
  );

  private busyCore: Core | null = null;
  /** Started ahead of the first model. */
  private spare: Core | null = null;
  private serials = 0;
  private stopKeeping: (() => void) | null = null;

  constructor(private readonly live: (page: PageState, opened: Opened) => Live) {}

  /** Starts the first worker, and learns the devices, before anybody asks. */
  async warm(): Promise<void> {
    const core = new Core();
    this.spare = core;
    try {
      const builtIn = await core.devices();
      this.builtIn.value ??= builtIn;
    } catch {
      // Whoever opens a model starts another one, and is told what is wrong with it.
      core.end();
      if (this.spare === core) this.spare = null;
    }
  }

  private takeCore(): Core {
    const core = this.spare ?? new Core();
    this.spare = null;
    return core;
  }

  /** Takes whatever was dropped, picked or pasted. */
  async take(files: File[], place: Place): Promise<void> {
    if (files.length === 0) return;
    batch(() => {
      this.trouble.value = null;
      this.notices.value = [];
    });
    const sorted = await sortFiles(files);
    if (sorted.broken.length > 0 && files.length > 1)
      this.notice(
        'left_alone',
        sorted.broken.map(({ name }) => name),
      );
    await this.takeDevices(sorted);
    const [model, second] = this.modelsOf(sorted, files);
    if (!model) {
      await this.takeExternal(sorted);
      return;
    }
    const others = sorted.others.filter((file) => file !== model);
    const surplus = sorted.models.slice(place === 'main' ? 2 : 1).map(({ name }) => name);
    if (surplus.length > 0) this.notice('too_many', surplus);
    await this.open(model, others, place);
    if (second && place === 'main') await this.open(second, others, 'other');
    this.nameLeftAlone(others);
  }

  /** A single file of an unknown kind is offered to the core, which says what it is. */
  private modelsOf(sorted: DroppedFiles, files: File[]): File[] {
    if (sorted.models.length > 0) return sorted.models.slice(0, 2);
    if (files.length !== 1 || sorted.devices.length > 0) return [];
    const [file] = files;
    return file && !this.missing.value.some((name) => baseName(name) === file.name) ? [file] : [];
  }

  private async takeDevices({ devices }: DroppedFiles): Promise<void> {
    for (const { file, content } of devices) await this.announceDevice(file, content);
  }

  /** Knows the device from now on, and predicts for it if `choose`. False where it is no device. */
  async addDevice(file: string, content: string, choose = true): Promise<boolean> {
    try {
      const { precisions, device } = await this.describe({ file, content });
      const same = (known: KnownDevice) =>
        known.device.name === device.name && known.device.source === device.source;
      this.dropped.value = [
        ...this.dropped.value.filter((known) => !same(known)),
        { request: { file, content }, precisions, device },
      ];
      if (!choose) return true;
      const choice = { device: device.name, source: device.source };
      this.wished = choice;
      this.opened.value?.whatIf.chooseDevice(choice);
      return true;
    } catch (cause) {
      this.fail(cause, file);
      return false;
    }
  }

  /** As addDevice, and says so. */
  async announceDevice(file: string, content: string): Promise<void> {
    if (await this.addDevice(file, content)) this.notice('device_added', [this.wished!.device]);
  }

  forgetDevice(choice: DeviceChoice): void {
    this.dropped.value = this.dropped.value.filter(
      ({ device }) => device.name !== choice.device || device.source !== choice.source,
    );
    if (this.wished?.device === choice.device) this.wished = null;
  }

  /** By the open model's core, or by one for this alone. */
  async describe(device: { file: string; content: string }): Promise<BuiltInDevice> {
    const ready = this.opened.value?.core ?? this.spare;
    if (ready) return ready.describe(device);
    const core = new Core();
    try {
      return await core.describe(device);
    } finally {
      core.end();
    }
  }

  /** What the next model opens with. */
  private wished: DeviceChoice | null = null;

  /** Files without a model: what the open one is missing, or nothing we know. */
  private async takeExternal(sorted: DroppedFiles): Promise<void> {
    const opened = this.opened.value;
    const wanted = new Set(this.missing.value.map(baseName));
    const found = sorted.others.filter((file) => wanted.has(file.name));
    const rest = sorted.others.filter((file) => !wanted.has(file.name));
    if (rest.length > 0)
      this.notice(
        'left_alone',
        rest.map(({ name }) => name),
      );
    if (!opened || found.length === 0) return;
    await this.open(opened.model, [...opened.files, ...found], 'main', opened.report);
    this.notice(
      'external_added',
      found.map(({ name }) => name),
    );
  }

  private nameLeftAlone(others: File[]): void {
    const document = this.opened.value?.report.document.value;
    const locations = new Set(
      (document?.model.external_data ?? []).map((file) => baseName(file.location)),
    );
    const left = others.filter((file) => !locations.has(file.name)).map((file) => file.name);
    if (left.length > 0) this.notice('left_alone', left);
  }

  async openSample(place: Place = 'main'): Promise<void> {
    await this.guard('ResNet-50', async () => {
      const { model, files } = await openSampleFiles();
      await this.open(model, files, place);
    });
  }

  async openUrl(address: string): Promise<void> {
    await this.guard(address, async () => {
      const model = await modelFromUrl(address, (progress) => {
        this.running.value = { file: address, place: 'main', progress };
      });
      await this.open(model, [], 'main');
    });
  }

  private async guard(file: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      this.running.value = null;
      this.fail(cause, file);
    }
  }

  /** Opens in a worker of its own: what was open stays until the new one has been read. */
  async open(
    model: CoreFile,
    files: CoreFile[],
    place: Place,
    keep: ReportModel | null = null,
  ): Promise<void> {
    this.cancel();
    const core = this.takeCore();
    this.busyCore = core;
    this.running.value = { file: model.name, place, progress: { stage: 'loading', bytes: 0 } };
    const before = this.opened.value?.whatIf;
    const whatIf = new WhatIf(this, place === 'other' || keep ? before : null);
    whatIf.device.value ??= before?.device.value ?? this.wished;
    try {
      this.builtIn.value ??= await core.devices();
      const progress = (now: Progress) => {
        if (this.busyCore === core) this.running.value = { file: model.name, place, progress: now };
      };
      const bytes = await core.open(model, files, whatIf.request(), progress);
      const report = keep ?? new ReportModel(readDocument(bytes));
      if (keep) keep.document.value = readDocument(bytes);
      const serial = keep ? (this.opened.value?.serial ?? 0) : (this.serials += 1);
      const weights = new WeightWork(
        { model, files, report },
        () => whatIf.request(),
        (base, precisions) => whatIf.mix(base, precisions),
      );
      const pruning = new LivePruning(
        report.prune,
        () => whatIf.request(),
        async () => {
          const opened = Core.withWeights();
          await opened.reopen(model, whatIf.request(), files);
          return opened;
        },
      );
      this.show({ serial, core, model, files, report, whatIf, weights, pruning }, place);
    } catch (cause) {
      core.end();
      if (this.busyCore === core) this.fail(cause, model.name);
    } finally {
      if (this.busyCore === core) {
        this.busyCore = null;
        this.running.value = null;
      }
    }
  }

  private show(opened: Opened, place: Place): void {
    opened.whatIf.attach(opened);
    if (place === 'other') {
      this.closeOther();
      const { report, whatIf } = opened;
      if (this.opened.value) whatIf.mirror(this.opened.value.whatIf);
      this.other.value = { report, opened, name: () => report.document.value.model.file };
      return;
    }
    this.opened.value?.whatIf.end();
    this.opened.value?.core.end();
    this.opened.value?.weights.end();
    this.opened.value?.pruning.end();
    opened.pruning.begin([opened.model, ...opened.files].some((file) => 'zeros' in file));
    opened.report.live = this.live(this, opened);
    opened.report.weightTools.value = opened.weights;
    batch(() => {
      this.opened.value = opened;
    });
    const parts: StatePart[] = [opened.whatIf];
    if (!this.stopKeeping) readState(opened.report, location.hash, parts);
    this.stopKeeping?.();
    this.stopKeeping = keepState(opened.report, parts);
    // Once the report is drawn, which is what was asked for.
    setTimeout(() => this.opened.value === opened && opened.weights.begin(), kAfterDrawing);
  }

  /** Somebody put another fragment into the address. */
  readFragment(): void {
    const opened = this.opened.value;
    if (opened) readState(opened.report, location.hash, [opened.whatIf]);
  }

  /** The present figures stay beside what the choices make of them later. */
  async keepToCompare(): Promise<void> {
    const opened = this.opened.value;
    await opened?.whatIf.settled();
    if (!opened || opened !== this.opened.value) return;
    const { report } = opened;
    this.closeOther();
    const kept = new ReportModel(report.document.value);
    kept.rooflineIndex.value = report.rooflineIndex.value;
    kept.convention.value = report.convention.value;
    const { file } = kept.document.value.model;
    this.other.value = {
      report: kept,
      opened: null,
      name: () => say('compare_kept', { name: file }),
    };
  }

  closeOther(): void {
    this.other.value?.opened?.whatIf.end();
    this.other.value?.opened?.core.end();
    this.other.value?.opened?.weights.end();
    this.other.value?.opened?.pruning.end();
    this.other.value = null;
  }

  cancel(): void {
    this.busyCore?.end();
    this.busyCore = null;
    this.running.value = null;
  }

  knownDevice({ device, source }: DeviceChoice): KnownDevice | null {
    const same = (known: KnownDevice) =>
      known.device.name === device && known.device.source === source;
    return this.devices.value.find(same) ?? null;
  }

  fail(cause: unknown, file: string): void {
    const fault =
      cause instanceof CoreError
        ? cause.fault
        : { code: 'other', message: cause instanceof Error ? cause.message : String(cause) };
    if (fault.code !== 'cancelled') this.trouble.value = { fault, file };
  }

  private notice(key: Notice['key'], names: string[]): void {
    this.notices.value = [...this.notices.value, { key, names }];
  }
}
