// Which loudspeaker plays, and whether it can be heard: two notes from it.
import { Volume2 } from "lucide-react";
import { useState } from "react";
import { t } from "../../i18n/i18n";
import { useDevices } from "./useDevices";

interface Props {
  readonly deviceId: string; // empty: whichever the system prefers
  readonly onChange: (deviceId: string) => void;
}

interface WithSink {
  setSinkId?(id: string): Promise<void>;
}

const NOTES = [523.25, 659.25]; // Hz: C5, E5
const NOTE_SECONDS = 0.35;
const LOUDNESS = 0.2;

export function Speaker({ deviceId, onChange }: Props) {
  const speakers = useDevices("audiooutput");
  const [state, setState] = useState<"idle" | "playing" | "failed">("idle");
  const test = () => {
    setState("playing");
    playNotes(deviceId).then(
      () => setState("idle"),
      () => setState("failed"),
    );
  };
  return (
    <div className="field">
      <div className="row">
        <span className="grow">{t("settings.speaker")}</span>
        <button type="button" className="button row" disabled={state === "playing"} onClick={test}>
          <Volume2 size={18} aria-hidden="true" />
          {t(state === "playing" ? "settings.testing" : "settings.test")}
        </button>
      </div>
      {speakers.length > 1 && (
        <select aria-label={t("settings.speaker")} value={deviceId} onChange={(event) => onChange(event.target.value)}>
          {speakers.map((each) => (
            <option key={each.deviceId} value={each.deviceId === "default" ? "" : each.deviceId}>
              {each.label}
            </option>
          ))}
        </select>
      )}
      {state === "failed" && (
        <p role="status" className="bad">
          {t("device.failed")}
        </p>
      )}
    </div>
  );
}

async function playNotes(deviceId: string): Promise<void> {
  const context = new AudioContext();
  try {
    if (deviceId !== "") await (context as WithSink).setSinkId?.(deviceId);
    await context.resume();
    NOTES.forEach((pitch, at) => {
      const note = new OscillatorNode(context, { frequency: pitch });
      const gain = new GainNode(context, { gain: 0 });
      const start = context.currentTime + at * NOTE_SECONDS;
      gain.gain.linearRampToValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
      gain.gain.linearRampToValueAtTime(0, start + NOTE_SECONDS);
      note.connect(gain).connect(context.destination);
      note.start(start);
      note.stop(start + NOTE_SECONDS);
    });
    await new Promise((done) => setTimeout(done, NOTES.length * NOTE_SECONDS * 1000 + 200));
  } finally {
    await context.close();
  }
}
