// The page around the report: the strip with what can be done, the start screen, and what is said
// while something runs or after it failed.

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { bytes } from '../../report/format';
import { language } from '../../report/text';
import { Report } from '../../report/views/app';
import { ThemeChoice } from '../../report/views/header';
import { followBarHeight } from '../../live/controls';
import { filesOf } from '../files';
import { keepLanguage, kLanguages, type LanguageCode } from '../language';
import type { PageState, Place } from '../state';
import { faultText, type PageKey, say } from '../text';
import { ExportMenu } from './exports';

/** For whoever waits for the figures of a choice: from the very change on. */
function tellSettled(page: PageState): void {
  const models = [page.opened.value, page.other.value?.opened];
  const pending = models.some(
    (each) => each?.whatIf.pending.value || each?.report.redraw.pending.value,
  );
  document.documentElement.dataset['figures'] = pending ? 'pending' : 'settled';
}

export function Page({ page }: { page: PageState }) {
  useEffect(() => listen(page), [page]);
  useEffect(followBarHeight, [page.opened.value]);
  const opened = page.opened.value;
  useEffect(() => effect(() => tellSettled(page)), [page]);
  return (
    <>
      <Strip page={page} />
      <Messages page={page} />
      {opened ? (
        <Report key={`${language.value?.code ?? 'en'} ${opened.serial}`} model={opened.report} />
      ) : (
        <Start page={page} />
      )}
      {page.dragging.value && <Overlay page={page} />}
    </>
  );
}

/** Dropping and pasting work anywhere on the page. */
function listen(page: PageState): () => void {
  let leave = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    clearTimeout(leave);
    page.dragging.value = true;
  };
  // Leaving one element for another fires as well; some browsers do not tell the two apart, hence
  // the wait for a further dragover, of which there are at least two a second.
  const left = (event: DragEvent) => {
    if (event.relatedTarget !== null) return;
    clearTimeout(leave);
    leave = window.setTimeout(() => (page.dragging.value = false), 600);
  };
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    clearTimeout(leave);
    const target = event.target instanceof Element ? event.target.closest('[data-place]') : null;
    const place: Place = target?.getAttribute('data-place') === 'other' ? 'other' : 'main';
    page.dragging.value = false;
    void filesOf(event.dataTransfer).then((files) => page.take(files, place));
  };
  const paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void page.take(files, 'main');
  };
  window.addEventListener('dragenter', over);
  window.addEventListener('dragover', over);
  window.addEventListener('dragleave', left);
  window.addEventListener('drop', drop);
  window.addEventListener('paste', paste);
  return () => {
    window.removeEventListener('dragenter', over);
    window.removeEventListener('dragover', over);
    window.removeEventListener('dragleave', left);
    window.removeEventListener('drop', drop);
    window.removeEventListener('paste', paste);
  };
}

function Overlay({ page }: { page: PageState }) {
  const opened = page.opened.value;
  return (
    <div class="overlay">
      <div data-place="main">{say('drop_open')}</div>
      {opened && (
        <div data-place="other">
          {say('drop_compare', { name: opened.report.document.value.model.file })}
        </div>
      )}
    </div>
  );
}

/** A button that asks for files; the input itself is for the browser only. */
export function FilePicker(props: {
  page: PageState;
  place: Place;
  label: PageKey;
  primary?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={props.primary ? 'primary' : undefined}
        onClick={() => input.current?.click()}
      >
        {say(props.label)}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={say(props.label)}
        data-picker={props.place}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          void props.page.take(files, props.place);
        }}
      />
    </>
  );
}

function Strip({ page }: { page: PageState }) {
  const opened = page.opened.value;
  return (
    <div class="strip screen-only" role="region" aria-label={say('files_menu')}>
      <div class="strip-inner">
        <a class="brand" href="./" data-tip={say('brand_hint')}>
          trtreport
        </a>
        {opened && (
          <div class="controls">
            <FilePicker page={page} place="main" label="open_file" />
            <FilePicker page={page} place="other" label="open_other" />
            <ExportMenu page={page} opened={opened} />
          </div>
        )}
        <div class="strip-end">
          {opened && <ThemeChoice model={opened.report} />}
          <LanguageChoice />
        </div>
      </div>
    </div>
  );
}

function LanguageChoice() {
  const code = language.value?.code ?? 'en';
  return (
    <label class="choice">
      <span class="unseen">{say('language')}</span>
      <select
        value={code}
        onChange={(event) => keepLanguage(event.currentTarget.value as LanguageCode)}
      >
        {kLanguages.map((each) => (
          <option value={each.code} lang={each.code} selected={each.code === code}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}

const kPromises = ['roofline', 'whatif', 'share'] as const;

function Start({ page }: { page: PageState }) {
  return (
    <main class="start" id="content">
      <h1>{say('tagline')}</h1>
      <div class="dropzone">
        <p class="dropzone-lead">{say('drop_here')}</p>
        <p class="quiet">{say('drop_more')}</p>
        <p class="controls">
          <FilePicker page={page} place="main" label="open_file" primary />
          <button type="button" onClick={() => void page.openSample()}>
            {say('open_sample')}
          </button>
        </p>
      </div>
      <p>{say('privacy')}</p>
      <div class="promises">
        {kPromises.map((name) => (
          <div>
            <h2>{say(`promise_${name}`)}</h2>
            <p class="quiet">{say(`promise_${name}_text`)}</p>
          </div>
        ))}
      </div>
      <p class="about quiet">
        {say('about')} <a href="THIRD_PARTY_NOTICES.txt">{say('notices')}</a>
      </p>
    </main>
  );
}

/** Said in the page's flow, above the report, and read aloud as it appears. */
function Messages({ page }: { page: PageState }) {
  return (
    <div class="messages screen-only">
      <Running page={page} />
      <TroubleMessage page={page} />
      <MissingData page={page} />
      <Notices page={page} />
    </div>
  );
}

function Running({ page }: { page: PageState }) {
  const running = page.running.value;
  if (!running) return null;
  const { stage, bytes: count } = running.progress;
  const amount: PageKey =
    stage === 'writing' ? 'bytes_written' : stage === 'loading' ? 'bytes_loaded' : 'bytes_read';
  return (
    <div class="message running">
      <progress aria-label={say(`stage_${stage}`, { file: running.file })} />
      <span role="status">
        <bdi>{say(`stage_${stage}`, { file: running.file })}</bdi>
        {count > 0 && <span class="quiet">, {say(amount, { value: bytes(count) })}</span>}
      </span>
      <button type="button" onClick={() => page.cancel()}>
        {say('cancel')}
      </button>
    </div>
  );
}

function TroubleMessage({ page }: { page: PageState }) {
  const trouble = page.trouble.value;
  if (!trouble) return null;
  const { code, offset } = trouble.fault;
  const text = faultText(trouble.fault, trouble.file);
  return (
    <div class="message error" role="alert">
      <p>
        <strong>
          <bdi>{say('trouble', { file: trouble.file })}</bdi>
        </strong>{' '}
        <bdi class="breakable">{text}</bdi>
        {/[.!?)。）]$/.test(text) ? ' ' : '. '}
        {offset ? <span class="quiet">{say('trouble_at', { offset })} </span> : null}
        <code class="quiet">{code}</code>
      </p>
      <button type="button" onClick={() => (page.trouble.value = null)}>
        {say('dismiss')}
      </button>
    </div>
  );
}

function MissingData({ page }: { page: PageState }) {
  const missing = page.missing.value;
  if (missing.length === 0) return null;
  const names = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', …' : '');
  return (
    <div class="message wanted" role="status">
      <p>
        <bdi class="breakable">{say('external_wanted', { names })}</bdi>{' '}
        <span class="quiet">{say('external_meanwhile')}</span>
      </p>
      <FilePicker page={page} place="main" label="choose_files" />
    </div>
  );
}

function Notices({ page }: { page: PageState }) {
  if (page.notices.value.length === 0) return null;
  return (
    <div class="message" role="status">
      <div>
        {page.notices.value.map(({ key, names }) => (
          <p>
            <bdi class="breakable">{say(key, { names: names.join(', ') })}</bdi>
          </p>
        ))}
      </div>
      <button type="button" onClick={() => (page.notices.value = [])}>
        {say('dismiss')}
      </button>
    </div>
  );
}
