// The page's part in sound: one AudioContext, the playout worklet and the capture worklets.
import captureUrl from "./capture.worklet.ts?worker&url";
import type { PlayoutCommand } from "./messages";
import playoutUrl from "./playout.worklet.ts?worker&url";

// Firefox and some systems refuse 48 kHz where the card runs at another rate; then the browser resamples.
const SAMPLE_RATE = 48_000;

// AudioContext.setSinkId() is not in TypeScript's library yet.
interface WithSink {
  setSinkId?(id: string): Promise<void>;
}

interface Captured {
  muted: boolean;
  readonly nodes: AudioNode[];
  own: GainNode | null; // into the mix, once there is one
}

export class AudioGraph {
  private readonly context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  private playout: AudioWorkletNode | null = null;
  private readonly captures = new Map<MediaStream, Captured>();
  private mix: MediaStreamAudioDestinationNode | null = null;

  // Gives the downlink worker's port to the playout worklet.
  async start(downlink: MessagePort): Promise<void> {
    await Promise.all([
      this.context.audioWorklet.addModule(captureUrl),
      this.context.audioWorklet.addModule(playoutUrl),
    ]);
    this.playout = new AudioWorkletNode(this.context, "vistime-playout", {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    this.tell({ kind: "connect", port: downlink }, [downlink]);
    this.playout.connect(this.context.destination);
    void this.wake();
  }

  // A browser may keep sound back until the person has clicked somewhere; true when it plays.
  async wake(): Promise<boolean> {
    if (this.context.state === "suspended") await this.context.resume().catch(() => {});
    return this.context.state === "running";
  }

  // Own sound, which belongs into the mix until stop().
  add(stream: MediaStream): void {
    const captured: Captured = { muted: false, nodes: [], own: null };
    this.captures.set(stream, captured);
    if (this.mix) this.mixIn(stream, captured, this.mix);
  }

  // The same, and blocks of 20 ms go to the port.
  capture(stream: MediaStream, channels: number, port: MessagePort): void {
    this.add(stream);
    const source = this.context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(this.context, "vistime-capture", { outputChannelCount: [channels] });
    node.port.postMessage({ port }, [port]);
    source.connect(node);
    node.connect(this.context.destination); // it gives silence; what leads nowhere is not run
    this.captures.get(stream)?.nodes.push(source, node);
  }

  setMuted(stream: MediaStream, muted: boolean): void {
    const captured = this.captures.get(stream);
    if (!captured) return;
    captured.muted = muted;
    if (captured.own) captured.own.gain.value = muted ? 0 : 1;
  }

  stop(stream: MediaStream): void {
    for (const node of this.captures.get(stream)?.nodes ?? []) node.disconnect();
    this.captures.delete(stream);
  }

  // All that is heard and said.
  mixed(): MediaStream {
    if (!this.mix) {
      this.mix = this.context.createMediaStreamDestination();
      this.playout?.connect(this.mix);
      for (const [stream, captured] of this.captures) this.mixIn(stream, captured, this.mix);
    }
    return this.mix.stream;
  }

  private mixIn(stream: MediaStream, captured: Captured, mix: AudioNode): void {
    const source = this.context.createMediaStreamSource(stream);
    captured.own = new GainNode(this.context, { gain: captured.muted ? 0 : 1 });
    source.connect(captured.own).connect(mix);
    captured.nodes.push(source, captured.own);
  }

  // 0…2; 1 as it comes.
  setVolume(track: number, volume: number): void {
    this.tell({ kind: "volume", track, volume });
  }

  async useSpeaker(deviceId: string): Promise<void> {
    await (this.context as WithSink).setSinkId?.(deviceId);
  }

  // Between what the worklet hands over and the ear.
  get outputLatencyMs(): number {
    return (this.context.baseLatency + (this.context.outputLatency || 0)) * 1000;
  }

  async close(): Promise<void> {
    for (const stream of this.captures.keys()) this.stop(stream);
    await this.context.close().catch(() => {});
  }

  private tell(command: PlayoutCommand, transfer: Transferable[] = []): void {
    this.playout?.port.postMessage(command, transfer);
  }
}
