// A camera's picture and a microphone's level before the meeting begins, to choose devices by.
import { useEffect, useRef, useState } from "react";
import { close, openCamera, openMicrophone } from "../../engine/media/devices";
import type { DeviceProblem } from "../../engine/types";
import { t } from "../../i18n/i18n";

export interface Choice {
  readonly on: boolean;
  readonly deviceId: string; // empty: whichever the browser prefers
}

interface Tried {
  readonly stream: MediaStream | null;
  readonly problem: DeviceProblem | null;
}

const NOTHING: Tried = { stream: null, problem: null };

// The device's stream while it is on.
export function useTried({ on, deviceId }: Choice, kind: "microphone" | "camera"): Tried {
  const [tried, setTried] = useState(NOTHING);
  useEffect(() => {
    if (!on) {
      setTried(NOTHING);
      return;
    }
    let current: MediaStream | null = null;
    let over = false;
    const open = kind === "microphone" ? openMicrophone : openCamera;
    void open(deviceId).then((opened) => {
      current = opened.stream;
      if (over) close(current);
      else setTried(opened);
    });
    return () => {
      over = true;
      close(current);
    };
  }, [on, deviceId, kind]);
  return tried;
}

export function Picture({ stream }: { readonly stream: MediaStream | null }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <div className="preview">
      {stream ? (
        <video ref={video} className="mirrored" autoPlay muted playsInline aria-label={t("join.preview")} />
      ) : (
        <p className="soft">{t("join.noPicture")}</p>
      )}
    </div>
  );
}

export function Level({ stream }: { readonly stream: MediaStream | null }) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!stream) {
      setLevel(0);
      return;
    }
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
      setLevel(peak <= 0.001 ? 0 : 1 + (20 * Math.log10(peak)) / 60);
    }, 80);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [stream]);
  return <LevelBar level={level} />;
}

// 0…1.
export function LevelBar({ level }: { readonly level: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter's bar takes no colour of ours
    <div
      className="level"
      role="meter"
      aria-label={t("join.level")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(level * 100)}
    >
      <span style={{ transform: `scaleX(${level})` }} />
    </div>
  );
}
