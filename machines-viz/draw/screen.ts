/** What a drawing is made to fit: whoever reads a machine sees all of it at once. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of a usual screen. */
const screen: Size = { width: 1920, height: 1080 };

/** How many times its own size a drawing has where all of it is on the screen; none is enlarged. */
const scaleOf = ({ width, height }: Size): number =>
  Math.min(1, screen.width / width, screen.height / height);

/** The one that is largest on a screen; of equals the first. */
export const mostLegible = <Drawing extends Size>(first: Drawing, ...others: readonly Drawing[]): Drawing =>
  others.reduce((best, other) => (scaleOf(other) > scaleOf(best) ? other : best), first);

/** Letters of 12 pixels, in which most of a drawing is written, are 7 pixels high then. */
const smallestScale = 7 / 12;

/** Can it be read where all of it is on the screen? */
export const isLegible = (drawing: Size): boolean => scaleOf(drawing) >= smallestScale;
