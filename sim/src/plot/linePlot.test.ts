import { describe, expect, it } from "vitest";
import { linePlot } from "./linePlot.js";

const parts = { title: "Profit & loss", xLabel: "stake", yLabel: "fees" };

describe("a plot", () => {
  it("draws each line with its name, the same for the same figures", () => {
    const lines = [
      {
        name: "a < b",
        points: [
          { x: 2, y: 1 },
          { x: 4, y: -3 },
        ],
      },
      {
        name: "other",
        points: [
          { x: 2, y: 0 },
          { x: 8, y: 2 },
        ],
      },
    ];
    const svg = linePlot({ ...parts, lines, isLogarithmic: true });
    expect(svg).toBe(linePlot({ ...parts, lines, isLogarithmic: true }));
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    expect(svg).toContain("a &lt; b");
    expect(svg).toContain("Profit &amp; loss");
    expect(svg).not.toContain("NaN");
  });

  it("cuts off what is beyond its bounds, and draws a level line", () => {
    const svg = linePlot({ ...parts, lines: [{ name: "one", points: [{ x: 1, y: 900 }] }], yMost: 5 });
    expect(svg).not.toContain("NaN");
    expect(svg).not.toContain(">900<");
  });

  it("refuses to draw nothing", () => {
    expect(() => linePlot({ ...parts, lines: [] })).toThrow(RangeError);
  });
});
