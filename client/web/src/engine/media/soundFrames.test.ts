import { describe, expect, it } from "vitest";
import { Blocks } from "./soundFrames";

const ramp = (length: number, from: number) => Float32Array.from({ length }, (_, i) => from + i);

describe("blocks of sound", () => {
  it("hold 20 ms, whatever the pieces they come in", () => {
    const blocks: Float32Array[] = [];
    const collect = new Blocks(1, (block) => blocks.push(block));
    for (let at = 0; at < 1920; at += 128) collect.push([ramp(128, at)]);
    collect.push([ramp(480, 1920)]);
    expect(blocks.map(({ length }) => length)).toEqual([960, 960]);
    expect([blocks[1]?.[0], blocks[1]?.[959]]).toEqual([960, 1919]);
  });

  it("mix two channels into one, and keep two apart", () => {
    const mono: Float32Array[] = [];
    new Blocks(1, (block) => mono.push(block)).push([ramp(960, 0), ramp(960, 10)]);
    expect(mono[0]?.[1]).toBe(6);
    const stereo: Float32Array[] = [];
    const collect = new Blocks(2, (block) => stereo.push(block));
    collect.push([ramp(960, 0), ramp(960, 10)]);
    collect.push([ramp(960, 5)]);
    expect([stereo[0]?.[1], stereo[0]?.[961]]).toEqual([1, 11]);
    expect([stereo[1]?.[1], stereo[1]?.[961]]).toEqual([6, 6]);
  });
});
