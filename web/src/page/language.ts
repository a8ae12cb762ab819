// Which language the page speaks: the visitor's last choice, else the browser's.

import { language, type Language } from '../report/text';
import { kChinese } from './chinese/report';
import { kEnglish } from './english';

export const kLanguages = [
  { code: 'en', name: 'English' },
  { code: 'zh-CN', name: '简体中文' },
] as const;
export type LanguageCode = (typeof kLanguages)[number]['code'];

const kTables: Record<LanguageCode, Language> = { en: kEnglish, 'zh-CN': kChinese };
const kKey = 'trtreport-language';

export function firstLanguage(): LanguageCode {
  const kept = read();
  if (kept) return kept;
  return navigator.languages.some((name) => /^en\b/i.test(name)) ||
    !navigator.languages.some((name) => /^zh\b/i.test(name))
    ? 'en'
    : 'zh-CN';
}

export function chooseLanguage(code: LanguageCode): void {
  language.value = kTables[code];
  document.documentElement.lang = code;
}

export function keepLanguage(code: LanguageCode): void {
  chooseLanguage(code);
  try {
    localStorage.setItem(kKey, code);
  } catch {
    /* storage may be switched off: the choice then lasts as long as the page */
  }
}

function read(): LanguageCode | null {
  try {
    const kept = localStorage.getItem(kKey);
    return kLanguages.find(({ code }) => code === kept)?.code ?? null;
  } catch {
    return null;
  }
}
