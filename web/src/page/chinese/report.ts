// The report in Simplified Chinese: its own messages, and the core's sentences by code.

import type { Language } from '../../report/text';
import { kMessages } from './messages';
import { kCauses, kLints, kPlans } from './quantization';
import { kDiagnostics, kHints, kNotes, kVerdicts, kWords } from './sentences';

export const kChinese: Language = {
  code: 'zh-CN',
  messages: kMessages,
  verdicts: kVerdicts,
  diagnostics: kDiagnostics,
  hints: kHints,
  lints: kLints,
  causes: kCauses,
  plans: kPlans,
  notes: kNotes,
  words: kWords,
  options: false,
};
