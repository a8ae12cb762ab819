// Placeholders of sentences: values, capitals, and words that go by a number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEnglish } from './sentences';
import { fill, layersText, t } from './text';

test('a word goes by its number, 1 or another', () => {
  const text = '{n} {n|layer is|layers are} in {name^}';
  assert.equal(fill(text, { n: 1, name: 'fp16' }), '1 layer is in FP16');
  assert.equal(fill(text, { n: '1', name: 'fp16' }), '1 layer is in FP16');
  assert.equal(fill(text, { n: 0, name: 'fp16' }), '0 layers are in FP16');
  assert.equal(fill(text, { name: 'x' }), '{n} {n|layer is|layers are} in X');
  assert.equal(layersText(1), '1 layer');
  assert.equal(layersText(1234), '1,234 layers');
  assert.equal(
    t('already_verdict', { weights: 1, nodes: 2 }).slice(0, 29),
    '1 weight is stored quantized;',
  );
});

test('no English sentence counts one thing in the plural', () => {
  const counted =
    /(?<!of )\{[a-z_]+\} (?:more )?(?:layers|weights|groups|channels|nodes|values|samples|scales|steps|reformats|times)\b/;
  for (const [key, text] of Object.entries(kEnglish)) {
    // Bars are grouped only where there are several channels to one.
    if (key === 'ranges_title_grouped') continue;
    assert.doesNotMatch(text, counted, key);
  }
});
