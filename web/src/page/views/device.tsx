// The device editor: pick a device, type a clock, see the roof move, save the file.

import { useEffect, useMemo } from 'preact/hooks';
import { shortName } from '../../report/charts/roofs';
import { bandwidth, rate } from '../../report/format';
import type { Derivation, DocumentDevice } from '../../report/document';
import { Choice, Section } from '../../report/views/ui';
import { type DeviceFile } from '../../live/library';
import { Editor, numberAt, type Place, placesOf } from '../editor';
import { saveText } from '../exports';
import type { Opened, PageState } from '../state';
import { type PageKey, say } from '../text';

const kUnits: Record<string, string> = { clock_mhz: 'MHz', tensor_clock_mhz: 'MHz' };

function labelOf(place: Place): string {
  const [first, second] = place;
  if (first === 'memory') return say(`editor_memory_${second}` as PageKey);
  if (second !== undefined) {
    const unit: PageKey = first!.startsWith('tensor') ? 'editor_tensor_rate' : 'editor_vector_rate';
    return say(unit, { precision: second.toUpperCase() });
  }
  const unit = kUnits[first!];
  return say(`editor_${first}` as PageKey) + (unit ? `, ${unit}` : '');
}

export function DeviceSection({ page, opened }: { page: PageState; opened: Opened }) {
  const editor = useMemo(() => new Editor(page), [opened]);
  useEffect(() => () => editor.end(), [editor]);
  const base = editor.base.value;
  return (
    <Section id="device" title={say('editor')}>
      <p class="quiet">{say('editor_intro')}</p>
      {base ? (
        <Form editor={editor} base={base} />
      ) : (
        <p class="sweep-form screen-only">
          <button
            type="button"
            onClick={() => void editor.open(opened.whatIf.device.peek()?.device)}
          >
            {say('editor_start')}
          </button>
        </p>
      )}
      {editor.fault.value && (
        <p class="note" role="alert">
          <bdi class="breakable">{editor.fault.value}</bdi>
        </p>
      )}
    </Section>
  );
}

function Form({ editor, base }: { editor: Editor; base: DeviceFile }) {
  const places = placesOf(base);
  const fields = (of: Place[]) => of.map((place) => <Field editor={editor} place={place} />);
  const isRate = ([first]: Place) => first!.endsWith('per_clock_per_sm');
  const save = () => {
    const { value: file } = editor.file;
    if (!file) return;
    const name = `${base.aliases?.[0] ?? 'device'}-edited.json`;
    saveText(name, 'application/json', `${JSON.stringify(file, null, 2)}\n`);
  };
  return (
    <>
      <div class="sweep-form screen-only">
        <Choice
          label={say('editor_base')}
          value={base.name}
          options={editor.library.value.map(({ name }) => ({ value: name, text: shortName(name) }))}
          onChange={(name) => void editor.begin(name)}
        />
        <button type="button" onClick={save}>
          {say('editor_save')}
        </button>
        <button
          type="button"
          disabled={!editor.changed.value}
          onClick={() => void editor.begin(base.name)}
        >
          {say('editor_reset')}
        </button>
      </div>
      <div class="editor-fields screen-only">{fields(places.filter((each) => !isRate(each)))}</div>
      {places.some(isRate) && (
        <details class="editor-rates screen-only">
          <summary>{say('editor_rates')}</summary>
          <div class="editor-fields">{fields(places.filter(isRate))}</div>
        </details>
      )}
      {editor.before.value && <Figures before={editor.before.value} after={editor.after.value} />}
    </>
  );
}

function Field({ editor, place }: { editor: Editor; place: Place }) {
  const value = numberAt(editor.structure.value, place);
  return (
    <label class="editor-field">
      <span>{labelOf(place)}</span>
      <input
        type="number"
        min={0}
        step="any"
        inputMode="decimal"
        value={value ?? ''}
        data-place-in-structure={place.join('.')}
        onInput={(event) => {
          const number = event.currentTarget.valueAsNumber;
          if (Number.isFinite(number) && number > 0) editor.set(place, number);
        }}
      />
    </label>
  );
}

/** The core's derivations of the device as it is in the library and as edited. */
function Figures({ before, after }: { before: DocumentDevice; after: DocumentDevice | null }) {
  const of = (device: DocumentDevice | null, figure: string): Derivation | undefined =>
    device?.derivation?.find((row) => row.figure === figure);
  const text = (row: Derivation | undefined) =>
    row === undefined ? '' : row.figure === 'bandwidth' ? bandwidth(row.value) : rate(row.value);
  return (
    <div class="table-scroll" tabIndex={0}>
      <table class="editor-figures">
        <thead>
          <tr>
            <th scope="col">{say('editor_figure')}</th>
            <th scope="col" class="number">
              {say('editor_before')}
            </th>
            <th scope="col" class="number">
              {say('editor_after')}
            </th>
            <th scope="col">{say('editor_formula')}</th>
          </tr>
        </thead>
        <tbody>
          {(before.derivation ?? []).map((row) => {
            const now = of(after, row.figure);
            const moved = now !== undefined && now.value !== row.value;
            return (
              <tr class={moved ? 'editor-moved' : undefined}>
                <th scope="row">{row.figure}</th>
                <td class="number">{text(row)}</td>
                <td class="number">{moved ? text(now) : ''}</td>
                <td class="quiet">{(now ?? row).formula}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
