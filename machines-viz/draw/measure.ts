/**
 * How wide a text will be, without a browser to ask. Viewers differ in their fonts, so the widths are those of a wide one
 * (DejaVu): in a narrower font a box has a little air.
 */

/** Width of a character as a share of the font size, in a sans-serif font. */
const widths: readonly (readonly [characters: string, width: number])[] = [
  ["ijl|'.,:;!", 0.32],
  ['frtI()[]{}-/ ', 0.4],
  ['mwMW@%—', 0.95],
  ['ABCDEFGHJKLNOPQRSTUVXYZ&', 0.7],
];

const widthOf = new Map(
  widths.flatMap(([characters, width]) => [...characters].map((c) => [c, width] as const)),
);

/** Width of a monospaced character as a share of the font size. */
const monospaced = 0.605;

export interface Font {
  readonly size: number;
  readonly mono: boolean;
}

/** Pixels. */
export const textWidth = (text: string, { size, mono }: Font): number => {
  const shares = [...text].map((c) => (mono ? monospaced : (widthOf.get(c) ?? 0.6)));
  return shares.reduce((sum, share) => sum + share, 0) * size;
};

/** Breaks at blanks so that no line is wider than `width` pixels, if its words allow. */
export const wrap = (text: string, font: Font, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, font) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
};
