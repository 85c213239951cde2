/** The frame of a picture, and what its parts are written with. */
import { look, styleSheet } from './look.js';

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and attributes. */
export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (c) => named[c] ?? c);

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
    `<svg xmlns="http://www.w3.org/2000/svg" class="statechart" role="img" aria-labelledby="${id}-title ${id}-description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" xml:space="preserve">`,
    `<title id="${id}-title">${escapeXml(name)}</title>`,
    `<desc id="${id}-description">${escapeXml(description)}</desc>`,
    `<style>${styleSheet}</style>`,
    `<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"><path ${look('head')} d="M0 0L10 5L0 10z"/></marker></defs>`,
    `<rect ${look('paper')} width="${width}" height="${height}"/>`,
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
