// The filter's little language: words, fields, numbers, and what is wrong in a text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFigures } from './figures';
import { compileFilter, tokenize } from './filter';
import { sampleDocument } from './sample';

const document = sampleDocument();
const figures = makeFigures(document, document.rooflines[0]!, 'hardware');
const ids = (text: string) => {
  const filter = compileFilter(text, document.nodes, figures);
  return document.nodes.map((node) => node.id).filter(filter.test);
};
const problems = (text: string) =>
  compileFilter(text, document.nodes, figures).problems.map((problem) => problem.code);

test('words match name, operator and module', () => {
  assert.deepEqual(ids('conv'), [0]);
  assert.deepEqual(ids('HEAD'), [2, 3]);
  assert.deepEqual(ids('body relu'), [1]);
  assert.deepEqual(ids(''), [0, 1, 2, 3]);
});

test('fields match whole words and alternatives', () => {
  assert.deepEqual(ids('op:Conv'), [0]);
  assert.deepEqual(ids('op:Con'), []);
  assert.deepEqual(ids('op:conv,relu'), [0, 1]);
  assert.deepEqual(ids('class:view'), [3]);
  assert.deepEqual(ids('bound:memory'), [1]);
  assert.deepEqual(ids('scope:body'), [0, 1]);
});

test('numbers compare in units and in percent of the total', () => {
  assert.deepEqual(ids('time>5ns'), [0]);
  assert.deepEqual(ids('time>50%'), [0]);
  assert.deepEqual(ids('bytes<=80'), [1, 3]);
  assert.deepEqual(ids('params>=9'), [0]);
  assert.deepEqual(ids('id=2'), [2]);
});

test('unknown figures match no comparison', () => {
  assert.deepEqual(ids('flops>=0'), [0, 1, 3]);
  assert.deepEqual(ids('time<1'), [0, 1, 3]);
});

test('negation, regular expressions and quotes', () => {
  assert.deepEqual(ids('-class:view -op:Foo'), [0, 1]);
  assert.deepEqual(ids('name:/^.head/'), [2, 3]);
  assert.deepEqual(ids('name:/CONV$/i'), [0]);
  assert.deepEqual(ids('"/body/"'), [0, 1]);
  assert.deepEqual(tokenize('a "b c" name:/d e/ -op:X'), ['a', '"b c"', 'name:/d e/', '-op:X']);
});

test('mistakes are named and leave the rest in force', () => {
  assert.deepEqual(problems('color:red'), ['key']);
  assert.deepEqual(problems('time>soon'), ['number']);
  assert.deepEqual(problems('intensity>5%'), ['number']);
  assert.deepEqual(problems('name:/(/'), ['regex']);
  assert.deepEqual(ids('color:red op:Conv'), [0]);
  assert.deepEqual(ids('op:'), [0, 1, 2, 3]);
});
