/**
 * `docs/api`: every exported name of every door, with what its comment says and how it is declared. Written from the types by
 * TypeScript's own compiler, whose interface for programs is called unstable: it is asked here and nowhere else.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type {
  ClassDeclaration,
  InterfaceDeclaration,
  Node,
  TypeAliasDeclaration,
} from 'typescript/unstable/ast';
import {
  isClassDeclaration,
  isInterfaceDeclaration,
  isPropertyDeclaration,
  isTypeAliasDeclaration,
} from 'typescript/unstable/ast/is';
import {
  API,
  type Checker,
  NodeBuilderFlags,
  SymbolFlags,
  type Symbol as TypeSymbol,
} from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../', import.meta.url));

/** An exported name. */
export interface ApiName {
  readonly name: string;
  readonly kind: 'value' | 'class' | 'type';
  /** What its comment says; empty: it has none. */
  readonly doc: string;
  /** How it is declared, without what it does. */
  readonly declaration: string;
}

/** One door of the package. */
export interface Door {
  /** As it is imported: `proxy-wifi/guest`. */
  readonly door: string;
  /** What the comment at the top of the door says. */
  readonly doc: string;
  readonly names: readonly ApiName[];
}

const asWritten = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope;

/** The source of a node, without the comments before it, and without `export`. */
const sourceOf = (node: Node): string =>
  node
    .getSourceFile()
    .text.slice(node.pos, node.end)
    .replace(/^(?:\s|\/\*[\s\S]*?\*\/|\/\/.*)*/, '')
    .replace(/^export (?:default )?(?:declare )?/, '');

/** The comment right before a node, as it stands there. */
const commentOf = (node: Node): string =>
  /\/\*\*[\s\S]*?\*\/\s*$/
    .exec(
      /^(?:\s|\/\*[\s\S]*?\*\/|\/\/.*)*/.exec(node.getSourceFile().text.slice(node.pos, node.end))?.[0] ?? '',
    )?.[0]
    .trim() ?? '';

/** What of a class others can use. */
const classText = (node: ClassDeclaration, checker: Checker): string => {
  const source = sourceOf(node);
  const members = node.members.flatMap((member) => {
    const text = sourceOf(member);
    if (/^(?:static |readonly |get )*#|^(?:private|protected) /.test(text)) return [];
    const comment = commentOf(member);
    const declaration = isPropertyDeclaration(member)
      ? propertyText(text, checker.getSymbolAtLocation(member.name), member, checker)
      : text
          .slice(0, bodyOf(text))
          .trim()
          .replace(/^async /, '');
    return [`${comment === '' ? '' : `  ${comment}\n`}  ${declaration};`];
  });
  return `${source.slice(0, source.indexOf('{')).trim()} {\n${members.join('\n')}\n}`;
};

/** A member of a class with its type in place of its value. */
const propertyText = (text: string, symbol: TypeSymbol | undefined, node: Node, checker: Checker): string => {
  const [modifiers = ''] = /^(?:static |readonly )*/.exec(text) ?? [];
  return `${modifiers}${symbol?.name}: ${typeText(symbol, node, checker)}`;
};

/** Where the body of a method begins. */
const bodyOf = (source: string): number => {
  const found = /\)(?:: [^{}=]+?)? \{/.exec(source);
  return found === null ? source.length : found.index + found[0].length - 1;
};

const typeText = (symbol: TypeSymbol | undefined, node: Node, checker: Checker): string => {
  const type = symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
  if (type === undefined) throw new Error(`${symbol?.name ?? 'a member'} has no type`);
  return checker.typeToString(type, node, asWritten);
};

/** The fields of a type that is made of a table, one by one. */
const fieldsText = (symbol: TypeSymbol, node: Node, checker: Checker): string => {
  const fields = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map((field) => {
    const optional = (field.flags & SymbolFlags.Optional) === 0 ? '' : '?';
    return `  readonly ${field.name}${optional}: ${shortened(typeText(field, node, checker))};`;
  });
  return `{\n${fields.join('\n')}\n}`;
};

const typeDeclaration = (
  symbol: TypeSymbol,
  node: InterfaceDeclaration | TypeAliasDeclaration,
  checker: Checker,
): string => {
  const source = sourceOf(node);
  if (!/\btypeof \w+/.test(source)) return source;
  if (isInterfaceDeclaration(node)) return `interface ${symbol.name} ${fieldsText(symbol, node, checker)}`;
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const text = checker.typeToString(type, node, asWritten | NodeBuilderFlags.InTypeAlias);
  return `type ${symbol.name} = ${/^\{/.test(text) ? fieldsText(symbol, node, checker) : text};`;
};

/** Letters in a type that is shown whole. */
const longest = 400;

const shortened = (text: string): string => (text.length > longest ? '…' : text);

const declarationOf = (symbol: TypeSymbol, node: Node, checker: Checker): string => {
  if (isClassDeclaration(node)) return classText(node, checker);
  if (isInterfaceDeclaration(node) || isTypeAliasDeclaration(node))
    return typeDeclaration(symbol, node, checker);
  const text = typeText(symbol, node, checker);
  return `const ${symbol.name}: ${shortened(text)};`;
};

const nameOf = (exported: TypeSymbol, checker: Checker): ApiName => {
  const isAlias = (exported.flags & SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const node = symbol.declarations.map((handle) => handle.resolve()).find((found) => found !== undefined);
  if (node === undefined) throw new Error(`${exported.name} has no declaration`);
  const isType = isInterfaceDeclaration(node) || isTypeAliasDeclaration(node);
  return {
    name: exported.name,
    kind: isClassDeclaration(node) ? 'class' : isType ? 'type' : 'value',
    doc: symbol.getDocumentationComment(checker),
    declaration: declarationOf(symbol, node, checker),
  };
};

const topComment = (source: string): string =>
  (/^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '').replaceAll(/^\s*\* ?/gm, '').trim();

/** Every door with its names, in the order of the alphabet. */
export const readDoors = (): readonly Door[] => {
  const api = new API({ cwd: root });
  try {
    const { paths } = JSON.parse(readFileSync(`${root}tsconfig.json`, 'utf8')).compilerOptions as {
      readonly paths: Readonly<Record<string, readonly [string]>>;
    };
    const [project] = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] }).getProjects();
    if (project === undefined) throw new Error('tsconfig.json is no project');
    return Object.entries(paths).map(([door, [path]]) => {
      const file = project.program.getSourceFile(`${root}${path.replace('./', '')}`);
      const module = file === undefined ? undefined : project.checker.getSymbolAtLocation(file);
      if (file === undefined || module === undefined) throw new Error(`${path} is no module`);
      const names = project.checker
        .getExportsOfModule(module)
        .map((exported) => nameOf(exported, project.checker));
      return {
        door,
        doc: topComment(file.text),
        names: names.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      };
    });
  } finally {
    api.close();
  }
};

const fileOf = (door: string): string => `${door.replace('proxy-wifi/', '')}.md`;

const kinds = { value: 'Functions and values', class: 'Classes', type: 'Types' } as const;

const doorPage = ({ door, doc, names }: Door): string =>
  [
    `# \`${door}\``,
    '<!-- Written by docs/write-api.ts from the types. Do not edit. -->',
    doc,
    ...(['value', 'class', 'type'] as const).flatMap((kind) => {
      const ofKind = names.filter((each) => each.kind === kind);
      return ofKind.length === 0
        ? []
        : [
            `## ${kinds[kind]}`,
            ...ofKind.map(
              ({ name, doc: words, declaration }) =>
                `### ${name}\n\n${words}\n\n\`\`\`typescript\n${declaration}\n\`\`\``,
            ),
          ];
    }),
  ].join('\n\n');

/** The pages by their file names. */
export const apiPages = (doors: readonly Door[]): ReadonlyMap<string, string> =>
  new Map(
    [
      [
        'README.md',
        [
          '# What the package exports',
          '<!-- Written by docs/write-api.ts from the types. Do not edit. -->',
          'One page for each door, written from the types (`npm run docs`). The same stands in the declarations of the package, where editors find it.',
          ...doors.map(
            ({ door, doc, names }) =>
              `- [\`${door}\`](${fileOf(door)}): ${
                doc
                  .replace(/^`[^`]+`: /, '')
                  .replaceAll('\n', ' ')
                  .split(/(?<=\.)\s/)[0]
              } ${names.map(({ name }) => `\`${name}\``).join(', ')}`,
          ),
        ].join('\n\n'),
      ],
      ...doors.map((door) => [fileOf(door.door), doorPage(door)] as const),
    ].map(([name, page]) => [name, `${page}\n`] as const),
  );
