// One tooltip for the whole page: any element with data-tip shows it on hover and on focus. Charts
// place it themselves through showTip.

import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

interface Tip {
  lines: string[];
  x: number;
  y: number;
}

const tip = signal<Tip | null>(null);

export function showTip(lines: string[], x: number, y: number): void {
  tip.value = { lines, x, y };
}

export function hideTip(): void {
  if (tip.value) tip.value = null;
}

function tipOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
}

function listen(): () => void {
  const show = (event: Event) => {
    const element = tipOf(event.target);
    const text = element?.dataset['tip'];
    if (!element || !text) return;
    const box = element.getBoundingClientRect();
    showTip(text.split('\n'), box.left, box.bottom + 4);
  };
  const hide = (event: Event) => {
    if (tipOf(event.target)) hideTip();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') hideTip();
  };
  document.addEventListener('mouseover', show);
  document.addEventListener('mouseout', hide);
  document.addEventListener('focusin', show);
  document.addEventListener('focusout', hide);
  document.addEventListener('keydown', escape);
  document.addEventListener('scroll', hideTip, { capture: true, passive: true });
  return () => {
    document.removeEventListener('mouseover', show);
    document.removeEventListener('mouseout', hide);
    document.removeEventListener('focusin', show);
    document.removeEventListener('focusout', hide);
    document.removeEventListener('keydown', escape);
    document.removeEventListener('scroll', hideTip, { capture: true });
  };
}

export function Tooltip() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(listen, []);
  const value = tip.value;
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || !value) return;
    const left = Math.max(8, Math.min(value.x, window.innerWidth - element.offsetWidth - 8));
    const below = value.y + element.offsetHeight + 8 <= window.innerHeight;
    element.style.left = `${left}px`;
    element.style.top = `${below ? value.y : Math.max(8, value.y - element.offsetHeight - 32)}px`;
  });
  if (!value) return null;
  return (
    <div class="tooltip" role="tooltip" ref={ref}>
      {value.lines.map((line, index) => (
        <div class={index === 0 && value.lines.length > 2 ? 'tooltip-title' : undefined}>
          <bdi>{line}</bdi>
        </div>
      ))}
    </div>
  );
}
