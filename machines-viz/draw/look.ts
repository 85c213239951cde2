/**
 * How the parts of a picture look. The colours of the light face stand in the drawing as attributes, which every viewer
 * understands; those of the dark one in rules, for viewers that know that it is dark.
 */

type Look = Readonly<Record<string, string | number>>;

const line = { light: '#6e7781', dark: '#7d8590' };
const paper = { light: '#ffffff', dark: '#0d1117' };
const box = { light: '#f6f8fa', dark: '#161b22' };
const lit = { light: '#dafbe1', dark: '#12331d' };
const litLine = { light: '#1a7f37', dark: '#3fb950' };

/** Behind the text of an outer state, so that arrows that cross it do not hide it. */
const halo = { 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };

const mono = { 'font-family': 'monospace' };

/** By class: the attributes of the light face, and what of them is another in the dark one. */
const looks = {
  paper: { light: { fill: paper.light }, dark: { fill: paper.dark } },
  title: {
    light: { fill: '#1f2328', 'font-size': 14, 'font-weight': 700, ...mono },
    dark: { fill: '#e6edf3' },
  },
  note: { light: { fill: '#59636e' }, dark: { fill: '#9da7b3' } },
  word: { light: { fill: '#59636e', 'font-size': 11.5 }, dark: { fill: '#9da7b3' } },
  event: { light: { fill: '#0550ae', 'font-weight': 600, ...mono }, dark: { fill: '#79c0ff' } },
  guard: { light: { fill: '#7a3fc9', ...mono }, dark: { fill: '#d2a8ff' } },
  delay: { light: { fill: '#953800', 'font-weight': 600, ...mono }, dark: { fill: '#ffa657' } },
  action: { light: { fill: '#116329', 'font-size': 11.5, ...mono }, dark: { fill: '#7ee787' } },
  box: {
    light: { fill: box.light, stroke: line.light, 'stroke-width': 1.25 },
    dark: { fill: box.dark, stroke: line.dark },
  },
  nested: { light: { fill: paper.light }, dark: { fill: paper.dark } },
  leaf: { light: {}, dark: {} },
  region: { light: { 'stroke-dasharray': '6 4' }, dark: {} },
  face: { light: { stroke: box.light, ...halo }, dark: { stroke: box.dark } },
  inner: { light: { stroke: paper.light }, dark: { stroke: paper.dark } },
  rule: { light: { stroke: line.light, 'stroke-width': 0.75, opacity: 0.5 }, dark: { stroke: line.dark } },
  edge: { light: { fill: 'none', stroke: line.light, 'stroke-width': 1.4 }, dark: { stroke: line.dark } },
  label: {
    light: { fill: paper.light, stroke: line.light, 'stroke-width': 0.5, opacity: 0.96 },
    dark: { fill: paper.dark, stroke: line.dark },
  },
  dot: { light: { fill: line.light }, dark: { fill: line.dark } },
  head: { light: { fill: line.light }, dark: { fill: line.dark } },
} as const satisfies Readonly<Record<string, { readonly light: Look; readonly dark: Look }>>;

/** A class of the drawing that has a look. */
export type Part = keyof typeof looks;

/** The classes and the attributes of an element, a later part over an earlier one: `class="box nested" fill="#ffffff" …`. */
export const look = (...parts: readonly Part[]): string => {
  const attributes: Look = Object.assign({}, ...parts.map((part) => looks[part].light));
  return [
    `class="${parts.join(' ')}"`,
    ...Object.entries(attributes).map(([name, value]) => `${name}="${value}"`),
  ].join(' ');
};

const rulesOf = (face: 'light' | 'dark'): string =>
  Object.entries(looks)
    .map(([part, { [face]: attributes }]) => [part, Object.entries(attributes)] as const)
    .filter(([, attributes]) => attributes.length > 0)
    .map(
      ([part, attributes]) =>
        `.statechart .${part}{${attributes.map(([name, value]) => `${name}:${value}`).join(';')}}`,
    )
    .join('');

const lightUp = ({ fill, stroke }: { readonly fill: string; readonly stroke: string }): string =>
  `.statechart .state.active>.box{stroke:${stroke}}.statechart .state.active>.box.leaf{fill:${fill}}.statechart .arrow.taken .edge,.statechart .arrow.taken .label{stroke:${stroke}}`;

/** Rules for `svg.statechart`. The inspector's page has the same sheet, with its own light and dark. */
export const styleSheet = `
.statechart{color-scheme:light dark}
.statechart text{font-family:ui-sans-serif,system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif;white-space:pre}
.statechart .title,.statechart .event,.statechart .guard,.statechart .action,.statechart .delay{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
${lightUp({ fill: lit.light, stroke: litLine.light })}
.statechart .state.active>.box,.statechart .arrow.taken .edge{stroke-width:2.5}
.statechart .arrow.taken .label{stroke-width:1.5}
.statechart .transition.taken .event,.statechart .transition.taken .delay{text-decoration:underline}
@media (prefers-color-scheme:dark){${rulesOf('dark')}${lightUp({ fill: lit.dark, stroke: litLine.dark })}}
`.trim();
