/** The part of a page that is measured anew each time: between `<!-- name -->` and `<!-- /name -->`, and the rest stays. */

/** Around it: what comes before its text, the text, and what comes after. Throws where the page has no such marks. */
const partsOf = (page: string, name: string): readonly [string, string, string] => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  const first = from + begin.length;
  return [page.slice(0, first), page.slice(first, to), page.slice(to)];
};

/** The text between the marks. */
export const marked = (page: string, name: string): string => partsOf(page, name)[1].trim();

/** The page with this text between its marks. */
export const withMarked = (page: string, name: string, text: string): string => {
  const [before, , after] = partsOf(page, name);
  return `${before}\n${text}\n${after}`;
};
