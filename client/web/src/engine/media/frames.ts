// A video track's pictures as a stream that can be handed to a worker.

// Not in TypeScript's library: https://www.w3.org/TR/mediacapture-transform/
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorConstructor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;

export function framesOf(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  const { MediaStreamTrackProcessor } = globalThis as { MediaStreamTrackProcessor?: TrackProcessorConstructor };
  if (MediaStreamTrackProcessor) return new MediaStreamTrackProcessor({ track, maxBufferSize: 2 }).readable;
  return framesByElement(track);
}

// Firefox: what a video element shows.
function framesByElement(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  let stopped = false;
  const stop = () => {
    stopped = true;
    video.srcObject = null;
  };
  return new ReadableStream<VideoFrame>(
    {
      async start(controller) {
        await video.play();
        const next = (now: number) => {
          if (stopped) return;
          if (track.readyState === "ended") {
            stop();
            controller.close();
            return;
          }
          // One that is not taken at once is old when it is.
          if ((controller.desiredSize ?? 0) > 0) {
            controller.enqueue(new VideoFrame(video, { timestamp: Math.round(now * 1000) }));
          }
          video.requestVideoFrameCallback(next);
        };
        video.requestVideoFrameCallback(next);
      },
      cancel: stop,
    },
    { highWaterMark: 1 },
  );
}
