// English where a page has controls: what the core says for the command line, said of them instead.

import type { Language } from '../report/text';

export const kEnglish: Language = {
  code: 'en',
  messages: {
    verdict_none: 'No device is chosen, so there is no predicted time. Choose one above.',
    alert_assumed: 'Assumed: {list}. Set another size above.',
    alert_unbound:
      'Sizes are missing for {inputs}: set them above. Until then figures that need them are unknown.',
    quantization_absent:
      'Weight values were not looked at. Open the model itself to see what each number format would do to them.',
    roofline_none: 'A roofline needs a device. Choose one above.',
  },
  verdicts: {
    unbound_symbol: 'The size ‘{symbol}’ of {inputs} is open: set it above to get figures.',
    assumed_batch: 'The size ‘{symbol}’ is open and taken as {value}; Batch above sets it.',
  },
  diagnostics: {},
  hints: {
    assumed_batch: 'set the batch above',
    external_data_missing: 'drop that file here too',
    unbound_symbol: 'set that size above',
  },
  lints: {},
  causes: {},
  plans: {
    activations_unknown:
      'No samples of the inputs of {layers} of {all} layers: what rounding them costs, often the larger part, is not in these figures.',
    not_tried:
      '{format} was not tried on the weights of {layers} {layers|layer: its|layers: their} rounding counts as nothing.',
  },
  notes: {},
  words: {},
  options: false,
};
