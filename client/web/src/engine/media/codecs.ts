// Video codecs by the names that WebCodecs knows them by, and which of them a meeting can use.
import type { Codec, Person } from "../types";

export type VideoCodec = Exclude<Codec, "opus">;

// Profiles that every decoder has, with levels that reach 4K.
const STRINGS: Readonly<Record<VideoCodec, string>> = {
  vp8: "vp8",
  vp9: "vp09.00.51.08",
  h264: "avc1.640033",
  av1: "av01.0.13M.08",
};
// Encoders have fewer profiles than decoders.
const ENCODER_STRINGS: Readonly<Record<VideoCodec, string>> = { ...STRINGS, h264: "avc1.42e033" };
const ALL = Object.keys(STRINGS) as VideoCodec[];
// What everybody can be expected to decode who does not say what they decode.
const TAKEN_FOR_GRANTED: readonly Codec[] = ["vp8", "vp9"];
// For screens, the best first: text takes a quarter of VP8's rate (190 for 831 kbit/s where it was tried).
const FOR_SCREENS: readonly VideoCodec[] = ["av1", "h264", "vp9", "vp8"];
// Where there is little to compute with, H.264 first: it takes half of AV1's time.
const FOR_SCREENS_OF_SMALL_MACHINES: readonly VideoCodec[] = ["h264", "av1", "vp9", "vp8"];
const SMALL_MACHINE = 4; // processors

export function decoderConfig(codec: Codec): VideoDecoderConfig | null {
  return codec === "opus" ? null : { codec: STRINGS[codec], optimizeForLatency: true };
}

export interface Wanted {
  readonly width: number; // pixels
  readonly height: number;
  readonly bitrate: number; // bit/s
  readonly frameRate: number;
}

export function encoderConfig(codec: VideoCodec, wanted: Wanted): VideoEncoderConfig {
  return {
    codec: ENCODER_STRINGS[codec],
    width: wanted.width,
    height: wanted.height,
    bitrate: wanted.bitrate,
    framerate: wanted.frameRate,
    latencyMode: "realtime",
    scalabilityMode: "L1T2",
    // Parameter sets travel with each keyframe: a decoder needs no description.
    ...(codec === "h264" ? { avc: { format: "annexb" as const } } : {}),
  };
}

export async function decodable(): Promise<VideoCodec[]> {
  return supported(ALL, async (codec) => {
    const config = decoderConfig(codec);
    return config !== null && (await VideoDecoder.isConfigSupported(config)).supported === true;
  });
}

export async function encodable(wanted: Wanted): Promise<VideoCodec[]> {
  const works = async (codec: VideoCodec) =>
    (await VideoEncoder.isConfigSupported(encoderConfig(codec, wanted))).supported === true;
  return supported(ALL, works);
}

async function supported(
  codecs: readonly VideoCodec[],
  works: (codec: VideoCodec) => Promise<boolean>,
): Promise<VideoCodec[]> {
  const answers = await Promise.all(codecs.map((codec) => works(codec).catch(() => false)));
  return codecs.filter((_, at) => answers[at]);
}

// The best codec for a screen that we encode and all others decode.
export function screenCodec(
  encodes: readonly VideoCodec[],
  people: readonly Pick<Person, "you" | "decodes">[],
  processors: number,
): VideoCodec {
  const order = processors < SMALL_MACHINE ? FOR_SCREENS_OF_SMALL_MACHINES : FOR_SCREENS;
  const others = people.filter(({ you }) => !you);
  const all = (codec: Codec) =>
    others.every(({ decodes }) => (decodes.length === 0 ? TAKEN_FOR_GRANTED : decodes).includes(codec));
  return order.find((codec) => encodes.includes(codec) && all(codec)) ?? "vp8";
}
