/** The frame of a picture and its colours, for light and dark. */

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and attributes. */
export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (c) => named[c] ?? c);

/** Rules for `svg.statechart`. The inspector's page has the same sheet; its own light and dark apply there. */
export const styleSheet = `
.statechart{--paper:#ffffff;--box:#f6f8fa;--inner:#ffffff;--line:#6e7781;--ink:#1f2328;--soft:#59636e;--event:#0550ae;--guard:#7a3fc9;--delay:#953800;--action:#116329;--lit:#dafbe1;--lit-line:#1a7f37;color-scheme:light dark}
@media (prefers-color-scheme:dark){.statechart{--paper:#0d1117;--box:#161b22;--inner:#0d1117;--line:#7d8590;--ink:#e6edf3;--soft:#9da7b3;--event:#79c0ff;--guard:#d2a8ff;--delay:#ffa657;--action:#7ee787;--lit:#12331d;--lit-line:#3fb950}}
.statechart .paper{fill:var(--paper)}
.statechart text{font:12px ui-sans-serif,system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif;white-space:pre;fill:var(--ink)}
.statechart .title,.statechart .event,.statechart .guard,.statechart .action,.statechart .delay{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.statechart .title{font-size:14px;font-weight:700}
.statechart .note{fill:var(--soft)}
.statechart .event{fill:var(--event);font-weight:600}
.statechart .guard{fill:var(--guard)}
.statechart .delay{fill:var(--delay);font-weight:600}
.statechart .action{fill:var(--action);font-size:11.5px}
.statechart .word{fill:var(--soft);font-size:11.5px}
.statechart .box{fill:var(--box);stroke:var(--line);stroke-width:1.25}
.statechart .box.nested{fill:var(--inner)}
.statechart .box.region{stroke-dasharray:6 4}
.statechart .face text{paint-order:stroke;stroke:var(--box);stroke-width:4px;stroke-linejoin:round}
.statechart .face.inner text{stroke:var(--inner)}
.statechart .face.plain text{stroke:none}
.statechart .rule{stroke:var(--line);stroke-width:.75;opacity:.5}
.statechart .edge{fill:none;stroke:var(--line);stroke-width:1.4}
.statechart .label{fill:var(--paper);stroke:var(--line);stroke-width:.5;opacity:.96}
.statechart .dot,.statechart .head{fill:var(--line)}
.statechart .state.active>.box{stroke:var(--lit-line);stroke-width:2.5}
.statechart .state.active>.box.leaf{fill:var(--lit)}
.statechart .arrow.taken .edge{stroke:var(--lit-line);stroke-width:2.5}
.statechart .arrow.taken .label{stroke:var(--lit-line);stroke-width:1.5}
.statechart .transition.taken .event,.statechart .transition.taken .delay{text-decoration:underline}
`.trim();

/** A whole picture: `name` and `description` are what a screen reader says. */
export const picture = (
  size: { readonly width: number; readonly height: number },
  name: string,
  description: string,
  body: string,
): string => {
  const width = Math.ceil(size.width);
  const height = Math.ceil(size.height);
  const id = name.replace(/\W/g, '-');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="statechart" role="img" aria-labelledby="${id}-title ${id}-description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="${id}-title">${escapeXml(name)}</title>`,
    `<desc id="${id}-description">${escapeXml(description)}</desc>`,
    `<style>${styleSheet}</style>`,
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    body,
    '</svg>\n',
  ].join('\n');
};

interface Point {
  readonly x: number;
  readonly y: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A line through the points with rounded corners. */
export const roundedPath = (points: readonly Point[], radius = 8): string =>
  points
    .map((point, i) => {
      const before = points[i - 1];
      const after = points[i + 1];
      if (before === undefined) return `M${round(point.x)} ${round(point.y)}`;
      if (after === undefined) return `L${round(point.x)} ${round(point.y)}`;
      const towards = (other: Point): Point => {
        const length = Math.hypot(other.x - point.x, other.y - point.y) || 1;
        const share = Math.min(radius, length / 2) / length;
        return { x: point.x + (other.x - point.x) * share, y: point.y + (other.y - point.y) * share };
      };
      const from = towards(before);
      const to = towards(after);
      return `L${round(from.x)} ${round(from.y)}Q${round(point.x)} ${round(point.y)} ${round(to.x)} ${round(to.y)}`;
    })
    .join('');
