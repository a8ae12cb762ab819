// Keeps what is said of layers and plans that of the present choices: another device, batch or size
// gives other times, while what rounding does to the weights stays.

import { effect } from '@preact/signals';
import type { ReportModel } from '../report/model';
import type { Quantization } from '../report/quantization';
import type { CoreOptions } from './core';

/** Milliseconds that the choices have to rest before plans are made anew. */
const kPause = 600;

/** `shown` is what the present plan was made of; `ask` makes the section anew. Answers how to stop. */
export function followPlans(
  report: ReportModel,
  shown: CoreOptions,
  request: () => CoreOptions,
  ask: () => Promise<Quantization>,
): () => void {
  let of = JSON.stringify(shown);
  let pause = 0;
  const take = async (wanted: string) => {
    const { sensitivity, plan } = await ask();
    const held = report.quantization.peek();
    if (!held || !sensitivity || wanted !== JSON.stringify(request())) return;
    of = wanted;
    const { plan: _, ...rest } = held;
    report.quantization.value = { ...rest, sensitivity, ...(plan ? { plan } : {}) };
  };
  const stop = effect(() => {
    const now = JSON.stringify(request());
    clearTimeout(pause);
    // What goes wrong here goes wrong for the figures at large, which say so.
    if (now !== of) pause = window.setTimeout(() => void take(now).catch(() => undefined), kPause);
  });
  return () => {
    stop();
    clearTimeout(pause);
  };
}
