/** The curves of many guests as an SVG: cost of each against their number, relative to ten guests. */
import type { ManyGuests } from './measure.js';

const [width, height, left, top, right, bottom] = [760, 420, 70, 30, 190, 50] as const;

const curves = [
  ['scanProcessor', 'processor time of a scan', '#1f77b4'],
  ['firstProcessor', 'of a first request', '#d62728'],
  ['signalProcessor', 'of a signal, each guest', '#2ca02c'],
  ['resultsProcessor', 'of results, each guest', '#9467bd'],
] as const;

const ticks = [0, 50, 100, 200, 400, 800, 1600, 3200];

/** Microseconds of processor time, both axes logarithmic. */
export const plotOf = (measured: readonly ManyGuests[]): string => {
  const values = measured.flatMap((row) => curves.map(([name]) => row[name]));
  const [low, high] = [Math.min(...values) * 0.8, Math.max(...values) * 1.25];
  const most = Math.max(...measured.map(({ guests }) => guests));
  const x = (guests: number): number => left + (Math.log(guests) / Math.log(most)) * (width - left - right);
  const y = (value: number): number =>
    height - bottom - (Math.log(value / low) / Math.log(high / low)) * (height - top - bottom);
  const at = (value: number): string => value.toFixed(1);
  const lines = ticks
    .filter((tick) => tick > low && tick < high)
    .map(
      (tick) =>
        `<line x1="${left}" x2="${width - right}" y1="${at(y(tick))}" y2="${at(y(tick))}" stroke="#ddd"/><text x="${left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tick} µs</text>`,
    );
  const numbers = measured.map(
    ({ guests }) =>
      `<text x="${at(x(guests))}" y="${height - bottom + 20}" text-anchor="middle">${guests.toLocaleString('en')}</text>`,
  );
  const drawn = curves.map(([name, title, colour], n) => {
    const points = measured.map((row) => `${at(x(row.guests))},${at(y(row[name]))}`).join(' ');
    const label = top + 14 + n * 20;
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/><line x1="${width - right + 12}" x2="${width - right + 30}" y1="${label - 4}" y2="${label - 4}" stroke="${colour}" stroke-width="2"/><text x="${width - right + 36}" y="${label}">${title}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333" role="img" aria-label="Processor time against the number of guests"><rect width="${width}" height="${height}" fill="#fff"/>${lines.join('')}${numbers.join('')}${drawn.join('')}<text x="${left}" y="18">processor time of the service</text><text x="${at((left + width - right) / 2)}" y="${height - 8}" text-anchor="middle">guests</text></svg>\n`;
};
