export type Line = { readonly name: string; readonly points: readonly { readonly x: number; readonly y: number }[] };

export type PlotParts = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
  /** Steps of x that are factors, not sums: all x above 0. */
  readonly isLogarithmic?: boolean;
  /** Heights beyond this are cut off. */
  readonly yMost?: number;
  readonly yLeast?: number;
};

const [WIDTH, HEIGHT, MARGIN, LEGEND, LINE_HEIGHT] = [480, 320, 64, 400, 18];
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5d3a9b", "#000000"] as const;
const DASHES = ["", "6 3", "2 3"] as const;

/** Lines in one picture: an SVG of its own, the same for the same figures. */
export function linePlot(parts: PlotParts): string {
  const { lines, yMost = Number.POSITIVE_INFINITY, yLeast = Number.NEGATIVE_INFINITY } = parts;
  const scale = parts.isLogarithmic ? Math.log2 : (value: number): number => value;
  const clip = (y: number): number => Math.min(yMost, Math.max(yLeast, y));
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) throw new RangeError("nothing to draw");
  const [left, right] = range(all.map(({ x }) => scale(x)));
  const [low, high] = range([0, ...all.map(({ y }) => clip(y))]);
  const across = (x: number): string => (MARGIN + ((scale(x) - left) / (right - left)) * WIDTH).toFixed(1);
  const up = (y: number): string => (MARGIN + (1 - (clip(y) - low) / (high - low)) * HEIGHT).toFixed(1);
  const curves = lines.flatMap(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? "#000000";
    const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length] ?? "";
    const y = MARGIN + (index + 1) * LINE_HEIGHT;
    const path = points.map((point) => `${across(point.x)},${up(point.y)}`).join(" ");
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" points="${path}"/>`,
      `<text x="${MARGIN + WIDTH + 16}" y="${y}" fill="${colour}">${escapeXml(name)}</text>`,
    ];
  });
  const ticks = [...new Set(all.map(({ x }) => x))].map(
    (x) => `<text x="${across(x)}" y="${MARGIN + HEIGHT + 18}" text-anchor="middle">${x}</text>`,
  );
  const heights = [low, 0, high].map(
    (y) => `<text x="${MARGIN - 8}" y="${up(y)}" text-anchor="end">${Number(y.toPrecision(3))}</text>`,
  );
  const size = `${MARGIN * 2 + WIDTH + LEGEND} ${MARGIN * 2 + HEIGHT}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<rect x="${MARGIN}" y="${MARGIN}" width="${WIDTH}" height="${HEIGHT}" fill="none" stroke="#999999"/>`,
    `<polyline fill="none" stroke="#999999" stroke-dasharray="4" points="${MARGIN},${up(0)} ${MARGIN + WIDTH},${up(0)}"/>`,
    `<text x="${MARGIN}" y="${MARGIN - 28}" font-size="14">${escapeXml(parts.title)}</text>`,
    `<text x="${MARGIN}" y="${MARGIN - 10}">${escapeXml(parts.yLabel)}</text>`,
    `<text x="${MARGIN + WIDTH}" y="${MARGIN + HEIGHT + 38}" text-anchor="end">${escapeXml(parts.xLabel)}</text>`,
    ...ticks,
    ...new Set(heights),
    ...curves,
    "</svg>",
    "",
  ].join("\n");
}

function range(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 1, high + 1] : [low, high];
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
