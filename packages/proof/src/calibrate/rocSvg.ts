import type { PairCalibration } from "../calibration/calibration.js";

const SIZE = 360;
const MARGIN = 48;
const LEGEND = 300;
const LINE_HEIGHT = 18;
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5d3a9b", "#000000"] as const;

/** The curves of a pair's mean margin at one window length, as a picture of its own: false alarms to the right, detection upwards. */
export function rocSvg(pair: Pick<PairCalibration, "cheats">, windowTokens: number): string {
  const at = (falseAlarms: number, detection: number): string =>
    `${(MARGIN + falseAlarms * SIZE).toFixed(1)},${(MARGIN + (1 - detection) * SIZE).toFixed(1)}`;
  const curves = pair.cheats.flatMap(({ name, windows }, index) => {
    const window = windows.find(({ tokens }) => tokens === windowTokens);
    if (window === undefined) return [];
    const colour = COLOURS[index % COLOURS.length] ?? "#000000";
    const points = window.marginRoc.map(({ falseAlarms, detection }) => at(falseAlarms, detection)).join(" ");
    const y = MARGIN + (index + 1) * LINE_HEIGHT;
    const label = `${name}: ${window.marginArea.toFixed(3)} (${window.windows})`;
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points}"/>`,
      `<text x="${MARGIN + SIZE + 16}" y="${y}" fill="${colour}">${escapeXml(label)}</text>`,
    ];
  });
  const [width, height] = [MARGIN * 2 + SIZE + LEGEND, MARGIN * 2 + SIZE];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>Detection over false alarms by the mean margin, windows of ${windowTokens} tokens</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<rect x="${MARGIN}" y="${MARGIN}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999999"/>`,
    `<polyline fill="none" stroke="#cccccc" stroke-dasharray="4" points="${at(0, 0)} ${at(1, 1)}"/>`,
    `<text x="${MARGIN}" y="${MARGIN - 16}">Mean margin, windows of ${windowTokens} tokens: area (windows)</text>`,
    `<text x="${MARGIN}" y="${MARGIN + SIZE + 24}">false alarms, 0 to 1, to the right; detection, 0 to 1, upwards</text>`,
    ...curves,
    "</svg>",
    "",
  ].join("\n");
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
