// What number formats would do to the weights, and what was quantized already.

import { bytes, cutMiddle, percent } from '../../format';
import type { WeightStatus } from '../../model';
import { type Lint, type Quantization, verdictOf } from '../../quantization';
import { cause, sentence, t } from '../../text';
import { Remarks } from '../remarks';
import { Section, useModel } from '../ui';
import { Activations } from './activations';
import { AlreadyQuantized } from './already';
import { WeightDetail } from './detail';
import { Plans } from './plan';
import { Published } from './published';
import { Shootout } from './shootout';
import { Strip } from './strip';
import { db, schemeName } from './words';
import { WeightTable } from './weighttable';

export function QuantizationSection() {
  const model = useModel();
  const found = model.quantization.value;
  const tools = model.weightTools.value;
  return (
    <Section id="quantization" title={t('section_quantization')}>
      {tools && <Status status={tools.status.value} />}
      {!found && !tools && <p class="empty">{t('quantization_absent')}</p>}
      <Published />
      {found && <Found found={found} />}
    </Section>
  );
}

function Status({ status }: { status: WeightStatus }) {
  const tools = useModel().weightTools.value;
  const { stage, done, total } = status;
  if (stage === 'done') return null;
  const again = stage === 'offered' || stage === 'cancelled' || stage === 'failed';
  return (
    <div class="weights-status" role="status" data-stage={stage}>
      {stage === 'reading' && (
        <progress
          aria-label={t('weights_progress')}
          {...(done > 0 ? { value: done, max: Math.max(total, 1) } : {})}
        />
      )}
      <p>
        {t(`weights_${stage}`, {
          done: bytes(done),
          total: bytes(total),
          share: percent(total > 0 ? done / total : 0),
          message: status.message ?? '',
        })}
      </p>
      {stage === 'reading' && (
        <button type="button" onClick={() => tools!.cancel()}>
          {t('weights_stop')}
        </button>
      )}
      {again && (
        <button type="button" class="primary" onClick={() => tools!.start()}>
          {t('weights_start', { total: bytes(total) })}
        </button>
      )}
    </div>
  );
}

function Found({ found }: { found: Quantization }) {
  const read = found.weights.filter((weight) => !weight.unread);
  return (
    <>
      <Remarks
        list={found.lints}
        class="lints"
        apart={1}
        draw={(lint) => <Finding lint={lint} />}
      />
      {found.weights.length === 0 && <p class="empty">{t('quantization_no_weights')}</p>}
      {read.length > 0 && (
        <>
          <Verdict found={found} />
          <Strip found={found} />
          <Shootout found={found} />
          <WeightTable found={found} />
          <WeightDetail found={found} />
        </>
      )}
      <Unread found={found} />
      <Plans found={found} />
      <Activations found={found} />
      <AlreadyQuantized found={found} />
    </>
  );
}

/** The weakest layer of the scheme that TensorRT would use, and how the model does at large. */
function Verdict({ found }: { found: Quantization }) {
  const spread = verdictOf(found);
  if (!spread) return null;
  const worst = found.weights[spread.worst]!;
  return (
    <p>
      {t('quantization_verdict', {
        n: found.weights.length,
        scheme: schemeName(spread.scheme),
        median: db(spread.median),
        least: db(spread.least),
        name: cutMiddle(worst.tensor, 80),
      })}{' '}
      <span class="quiet">{t('quantization_screening')}</span>
    </p>
  );
}

function Unread({ found }: { found: Quantization }) {
  const unread = found.weights.filter((weight) => weight.unread);
  const [first] = unread;
  if (!first) return null;
  return (
    <p class="note">
      {t('weights_unread', { n: unread.length, all: found.weights.length })}{' '}
      <bdi class="breakable">
        {cause(first.unread_args ?? { cause_code: 'not_asked' }, first.unread ?? '')}
      </bdi>
    </p>
  );
}

function Finding({ lint }: { lint: Lint }) {
  const model = useModel();
  const id = lint.node ?? null;
  return (
    <span>
      <bdi class="breakable">{sentence('lints', lint, lint.message)}</bdi>{' '}
      {id !== null && (
        <button type="button" class="link" onClick={() => model.select(id)}>
          {t('at_layer', { id })}
        </button>
      )}
    </span>
  );
}
