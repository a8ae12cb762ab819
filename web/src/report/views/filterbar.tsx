// The filter above the layers table, and the bar that says what is chosen while it narrows views.

import { useComputed } from '@preact/signals';
import type { Column } from '../columns';
import { sumText } from '../figures';
import { filterKeys } from '../filter';
import { bytes } from '../format';
import { type MessageKey, t } from '../text';
import { Choice, shareText, useModel } from './ui';

export function FilterBar(props: {
  columns: Column[];
  shownKeys: { value: string[] };
  exportCsv: () => void;
}) {
  const model = useModel();
  const classes = useComputed(() => [
    ...new Set(model.document.value.nodes.map((node) => node.class)),
  ]);
  const { problems } = model.filter.value;
  const chosenClass = /(?:^|\s)class:([a-z]+)(?:\s|$)/.exec(model.filterText.value)?.[1] ?? '';
  const setClass = (name: string) => {
    const rest = model.filterText.value.replace(/(^|\s)class:\S*/g, '').trim();
    model.filterText.value = name ? `${rest} class:${name}`.trim() : rest;
  };
  const toggle = (key: string) => {
    const list = props.shownKeys.value;
    props.shownKeys.value = list.includes(key)
      ? list.filter((other) => other !== key)
      : [...list, key];
  };
  return (
    <div class="filter screen-only">
      <div class="filter-row">
        <input
          id="filter"
          type="search"
          aria-label={t('filter_label')}
          placeholder={t('filter_placeholder')}
          spellcheck={false}
          autocomplete="off"
          value={model.filterText.value}
          onInput={(event) => {
            model.filterText.value = event.currentTarget.value;
          }}
          aria-describedby="filter-problems"
        />
        <Choice
          hideLabel
          label={t('class')}
          value={chosenClass}
          onChange={setClass}
          options={[
            { value: '', text: t('all_classes') },
            ...classes.value.map((name) => ({ value: name as string, text: name as string })),
          ]}
        />
        <details class="menu">
          <summary>{t('columns')}</summary>
          <div class="menu-body">
            {props.columns
              .filter((column) => column.key !== 'name')
              .map((column) => (
                <label>
                  <input
                    type="checkbox"
                    checked={props.shownKeys.value.includes(column.key)}
                    onChange={() => toggle(column.key)}
                  />
                  {column.title === '#' ? '# ' : column.title}
                </label>
              ))}
          </div>
        </details>
        <button type="button" onClick={props.exportCsv}>
          {t('download_csv')}
        </button>
      </div>
      <p id="filter-problems" class="problem" role="status">
        {problems
          .map((problem) => t(`filter_bad_${problem.code}` as MessageKey, { token: problem.token }))
          .join(' ')}
      </p>
      <details class="help">
        <summary>{t('filter_help')}</summary>
        <p class="quiet">
          {t('filter_help_text', {
            fields: filterKeys().slice(0, 10).join(', '),
            numbers: filterKeys().slice(10).join(', '),
          })}
        </p>
      </details>
    </div>
  );
}

/** Says, above everything it narrows, what is chosen, and offers the way back. */
export function NarrowedBar() {
  const model = useModel();
  if (!model.narrowed.value) return null;
  const sums = model.visibleSums.value;
  const { total } = model.figures.value;
  const values = {
    n: sums.layers.toLocaleString('en'),
    all: total.layers.toLocaleString('en'),
    share: shareText(sums.seconds, total.seconds),
    bytes: sumText(sums, 'bytes', bytes),
  };
  return (
    <div class="narrowed screen-only" role="status">
      <span>{t(model.roofline.value ? 'narrowed' : 'narrowed_plain', values)}</span>
      <button type="button" onClick={() => model.clearNarrowing()}>
        {t('clear_choice')}
      </button>
    </div>
  );
}
