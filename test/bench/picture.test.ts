import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { letterWidth, picture } from '../../bench/picture.js';
import type { Result } from '../../bench/statistics.js';
import { repository } from '../support/sparkctl.ts';
import { aResult } from './a-result.ts';

interface Text {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly words: string;
}

function textsOf(svg: string): readonly Text[] {
  return [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" font-size="(\d+)"[^>]*>([^<]*)</g)].map(
    ([, x, y, size, words = '']) => ({ x: Number(x), y: Number(y), size: Number(size), words }),
  );
}

/** Widths of our own bars, in the order of the rows. */
function ownBars(svg: string): readonly number[] {
  return [
    ...svg.matchAll(
      /class="(?:ours|missed)" x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="12" rx="2"\/>\n?/g,
    ),
  ].map(([, width]) => Number(width));
}

/** The title of every figure. They are read, not imported: what measures them imports the built program. */
const titles = readdirSync(join(repository, 'bench'))
  .filter((name) => name.endsWith('.bench.js'))
  .flatMap((name) => [
    ...readFileSync(join(repository, 'bench', name), 'utf8').matchAll(/^ +title: (['"`])(.*)\1,$/gm),
  ])
  // A number of rows is put in when it runs.
  .map(([, , title = '']) => title.replaceAll(/\$\{[^}]*\}/g, '10,000,000'));

/** A row for each, with numbers as long as they may become. */
const everything: readonly Result[] = titles.flatMap((title) =>
  (['s', 'ms', 'MB', 'rows/s'] as const).map((unit) =>
    aResult({
      title,
      unit,
      ours: { what: 'ours', values: [unit === 'rows/s' ? 12_345_678 : 1_234.5] },
      stock: { what: 'stock', values: [unit === 'rows/s' ? 98_765_432 : 9_876.5] },
    }),
  ),
);

describe('the picture', () => {
  it('is well formed, has both colour schemes and asks for no font of its own', () => {
    const svg = picture([aResult({ title: 'a < b & c' })]);
    expect(svg).toContain('a &lt; b &amp; c');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('system-ui');
    expect(svg).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(svg.match(/<text/g)?.length).toBe(svg.match(/<\/text>/g)?.length);
  });

  it('draws lengths in proportion, and rates as the time of a row', () => {
    const rate = aResult({
      better: 'more',
      unit: 'rows/s',
      must: 4,
      aim: 6,
      ours: { what: '', values: [1_000] },
      stock: { what: '', values: [100] },
    });
    const [time = 0, row = 0] = ownBars(picture([aResult(), rate]));
    expect(time).toBeCloseTo(17, 0);
    expect(row).toBeCloseTo(time, 0);
  });

  it('cuts what is longer than its place, with an arrow', () => {
    const svg = picture([aResult({ ours: { what: '', values: [110] } })]);
    expect(Math.max(...ownBars(svg))).toBe(255);
    expect(svg).toContain('▸');
  });

  it('lets no text run into another, into a bar or over the edge', () => {
    const svg = picture(everything);
    const texts = textsOf(svg);
    expect(titles.length).toBeGreaterThan(10);
    expect(texts.length).toBeGreaterThan(3 * everything.length);
    const bars = [
      ...svg.matchAll(/<rect class="\w+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    ].map(([, x, y, width, height]) => ({
      x: Number(x),
      y: Number(y),
      width: Number(width),
      height: Number(height),
    }));
    const boxes = texts.map(({ x, y, size, words }) => ({
      what: words,
      x,
      y: y - 0.8 * size,
      width: words.length * size * letterWidth,
      height: size,
    }));
    const touching = boxes.flatMap((box, index) =>
      [...boxes.slice(index + 1), ...bars.map((bar) => ({ what: 'a bar', ...bar }))]
        .filter(
          (other) =>
            box.x < other.x + other.width &&
            other.x < box.x + box.width &&
            box.y < other.y + other.height &&
            other.y < box.y + box.height,
        )
        .map((other) => `${box.what} touches ${other.what}`),
    );
    expect(touching).toEqual([]);
    expect(boxes.filter(({ x, width }) => x + width > 800).map(({ what }) => what)).toEqual([]);
  });

  it('shows every title in full', () => {
    const words = textsOf(picture(everything)).map((text) => text.words);
    expect(words.filter((each) => each.endsWith('…'))).toEqual([]);
  });

  it('leaves out what was not measured, and says so where that is everything', () => {
    expect(ownBars(picture([aResult(), aResult({ state: 'failed' })]))).toHaveLength(1);
    expect(picture([])).toContain('Nothing has been measured yet.');
  });
});
