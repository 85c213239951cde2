/** A viewer that is no browser: it knows neither variables in style sheets nor media queries. */
import { Resvg } from '@resvg/resvg-js';

type Colour = readonly [red: number, green: number, blue: number];

/** A box of the drawing with the colours that its attributes name. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly stroke: string;
}

/** `#f6f8fa` */
const hex = (colour: Colour): string =>
  `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** A drawing as that viewer shows it. */
export class Rendered {
  readonly #pixels: Buffer;
  readonly #width: number;

  constructor(svg: string) {
    const { pixels, width } = new Resvg(svg).render();
    this.#pixels = pixels;
    this.#width = width;
  }

  /** Red, green and blue at a place. */
  #at(x: number, y: number): Colour {
    const at = 4 * (Math.floor(y) * this.#width + Math.floor(x));
    const [red = 0, green = 0, blue = 0] = this.#pixels.subarray(at, at + 3);
    return [red, green, blue];
  }

  colourAt(x: number, y: number): string {
    return hex(this.#at(x, y));
  }

  /** How many pixels are black, or almost. */
  get blackPixels(): number {
    let count = 0;
    for (let at = 0; at < this.#pixels.length; at += 4)
      if (Math.max(...this.#pixels.subarray(at, at + 3)) < 24) count += 1;
    return count;
  }
}

const textOf = (attributes: string, name: string): string =>
  new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';

const numberOf = (attributes: string, name: string): number => Number(textOf(attributes, name));

/** The boxes whose class begins with this one. */
export const boxesOf = (svg: string, className: string): readonly Box[] =>
  [...svg.matchAll(/<rect class="([^"]*)"([^>]*)\/>/g)]
    .filter(([, name = '']) => name.startsWith(className))
    .map(([, , attributes = '']) => ({
      x: numberOf(attributes, 'x'),
      y: numberOf(attributes, 'y'),
      width: numberOf(attributes, 'width'),
      height: numberOf(attributes, 'height'),
      fill: textOf(attributes, 'fill'),
      stroke: textOf(attributes, 'stroke'),
    }));
