import { describe, expect, it } from "vitest";
import { encoderConfig, screenCodec, type VideoCodec } from "./codecs";

const all: VideoCodec[] = ["vp8", "vp9", "h264", "av1"];
const person = (decodes: VideoCodec[], you = false) => ({ you, decodes });

describe("the codec of a screen", () => {
  it("is the best that we encode and everybody else decodes", () => {
    expect(screenCodec(all, [person([], true), person(all)], 8)).toBe("av1");
    expect(screenCodec(all, [person(all), person(["vp8", "vp9", "h264"])], 8)).toBe("h264");
    expect(screenCodec(all, [person(all), person(["vp8", "vp9"])], 8)).toBe("vp9");
    expect(screenCodec(["vp8", "h264"], [person(all)], 8)).toBe("h264");
    expect(screenCodec(all, [], 8)).toBe("av1");
  });

  it("is the one that costs least where there are few processors", () => {
    expect(screenCodec(all, [person(all)], 2)).toBe("h264");
  });

  it("is a common one when somebody does not say what they decode", () => {
    expect(screenCodec(all, [person([])], 8)).toBe("vp9");
    expect(screenCodec([], [person([])], 8)).toBe("vp8");
  });
});

describe("encoders", () => {
  it("of H.264 send parameter sets with each keyframe", () => {
    const wanted = { width: 640, height: 360, bitrate: 1, frameRate: 15 };
    expect(encoderConfig("h264", wanted).avc).toEqual({ format: "annexb" });
    expect(encoderConfig("vp8", wanted)).toMatchObject({ codec: "vp8", scalabilityMode: "L1T2" });
    expect(encoderConfig("vp8", wanted)).not.toHaveProperty("avc");
  });
});
