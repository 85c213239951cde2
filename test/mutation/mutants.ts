/** What can be wrong in a source file: every small change that a test should notice, found in TypeScript's syntax tree. */
import * as ts from 'typescript/unstable/ast';
import type { Checker } from 'typescript/unstable/sync';
import { TypeFlags } from 'typescript/unstable/sync';

/** What is changed. Texts are not: a test that repeats each of them shows nothing. */
type MutantKind =
  | 'condition'
  | 'comparison'
  | 'arithmetic'
  | 'constant'
  | 'call'
  | 'transition'
  | 'guard'
  | 'action';

/** One change of one file. */
export interface Mutant {
  readonly kind: MutantKind;
  /** Path in the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Offsets of what is replaced. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

const comparisons: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
};

const arithmetic: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' };

/** Methods that give what they are called on, only less of it or in another order. */
const narrowing = new Set([
  'filter',
  'slice',
  'subarray',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'padStart',
  'padEnd',
]);

const reactions = new Set(['on', 'after', 'always', 'onDone', 'onError', 'onSnapshot']);
const actionLists = new Set(['actions', 'entry', 'exit']);

const isSkipped = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node);

const nameOf = (node: ts.Node): string | undefined =>
  ts.isPropertyAssignment(node) && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name))
    ? node.name.text
    : undefined;

/** Every mutant of a file, in the order of its text. */
export const mutantsOf = (file: string, source: ts.SourceFile, checker: Checker): readonly Mutant[] => {
  const { text } = source;
  const found: Mutant[] = [];
  const isMachine = /\bcreateMachine\(|\bcreateStateConfig\(/.test(text);
  const textOf = (node: ts.Node): string => text.slice(node.getStart(source), node.end);

  const replace = (kind: MutantKind, node: ts.Node, after: string, end = node.end): void => {
    const start = node.getStart(source);
    const line = text.slice(0, start).split('\n').length;
    found.push({ kind, file, line, start, end, before: text.slice(start, end), after });
  };

  /** Takes an element out of its list, with the comma behind it. */
  const remove = (kind: MutantKind, node: ts.Node): void => {
    const comma = /^\s*,/.exec(text.slice(node.end));
    replace(kind, node, '', node.end + (comma?.[0].length ?? 0));
  };

  const isNumber = (node: ts.Node): boolean =>
    ((checker.getTypeAtLocation(node)?.flags ?? 0) & TypeFlags.NumberLike) !== 0;

  /** Comparisons by `===` have a mutant that does the same. */
  const isEquality = (node: ts.Node): boolean =>
    ts.isBinaryExpression(node) && ['===', '!=='].includes(textOf(node.operatorToken));

  const negate = (condition: ts.Node): void => {
    if (!isEquality(condition)) replace('condition', condition, `!(${textOf(condition)})`);
  };

  const binary = (node: ts.BinaryExpression): void => {
    const operator = textOf(node.operatorToken);
    const [left, right] = [textOf(node.left), textOf(node.right)];
    const compared = comparisons[operator];
    if (compared !== undefined) replace('comparison', node.operatorToken, compared);
    if (operator === '&&' || operator === '||') {
      replace('condition', node, left);
      replace('condition', node, right);
    }
    const counted = arithmetic[operator];
    if (counted !== undefined && isNumber(node)) replace('arithmetic', node.operatorToken, counted);
  };

  const call = (node: ts.CallExpression): void => {
    const { expression } = node;
    if (ts.isPropertyAccessExpression(expression) && narrowing.has(expression.name.text))
      replace('call', node, textOf(expression.expression));
  };

  const isCalled = (node: ts.Node): boolean => {
    if (ts.isAwaitExpression(node) || ts.isVoidExpression(node)) return isCalled(node.expression);
    return ts.isCallExpression(node) && textOf(node.expression) !== 'super';
  };

  const entries = (value: ts.Node): void => {
    if (ts.isObjectLiteralExpression(value))
      for (const entry of value.properties) if (ts.isPropertyAssignment(entry)) remove('transition', entry);
  };

  const property = (node: ts.PropertyAssignment): void => {
    const name = nameOf(node);
    if (!isMachine || name === undefined) return;
    const value = node.initializer;
    if (name === 'on' || name === 'after') entries(value);
    else if (reactions.has(name)) remove('transition', node);
    if (name === 'target') remove('transition', node);
    if (name === 'guard') remove('guard', node);
    if (!actionLists.has(name)) return;
    if (ts.isArrayLiteralExpression(value)) for (const each of value.elements) remove('action', each);
    // `setup` has an object of this name too, in which actions are written.
    else if (ts.isStringLiteral(value)) remove('action', node);
  };

  const look = (node: ts.Node): void => {
    if (isSkipped(node)) return;
    if (ts.isIfStatement(node) || ts.isWhileStatement(node)) negate(node.expression);
    else if (ts.isConditionalExpression(node)) negate(node.condition);
    else if (ts.isBinaryExpression(node)) binary(node);
    else if (ts.isCallExpression(node)) call(node);
    else if (ts.isNumericLiteral(node)) replace('constant', node, `(${textOf(node)} + 1)`);
    else if (ts.isBigIntLiteral(node)) replace('constant', node, `(${textOf(node)} + 1n)`);
    else if (node.kind === ts.SyntaxKind.TrueKeyword) replace('constant', node, 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) replace('constant', node, 'true');
    else if (ts.isExpressionStatement(node) && isCalled(node.expression)) replace('call', node, ';');
    else if (ts.isArrowFunction(node) && ts.isCallExpression(node.body) && isVoid(node.body))
      replace('call', node.body, 'undefined');
    else if (ts.isPropertyAssignment(node)) property(node);
    node.forEachChild((child) => {
      // A number that is a key is no value.
      if (!(ts.isPropertyAssignment(node) && child === node.name)) look(child);
    });
  };

  const isVoid = (node: ts.Node): boolean =>
    ((checker.getTypeAtLocation(node)?.flags ?? 0) & TypeFlags.Void) !== 0;

  look(source);
  return found.sort((a, b) => a.start - b.start);
};

/** The file's text with the mutant in it. */
export const mutated = (source: string, { start, end, after }: Mutant): string =>
  source.slice(0, start) + after + source.slice(end);
