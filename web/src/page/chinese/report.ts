// The report in Simplified Chinese: its own messages, and the core's sentences by code.

import type { Language } from '../../report/text';
import { kMessages } from './messages';
import { kSentences } from './sentences';

export const kChinese: Language = {
  code: 'zh-CN',
  messages: kMessages,
  sentences: kSentences,
};
