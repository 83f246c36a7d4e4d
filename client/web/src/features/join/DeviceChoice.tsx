// One of microphone and camera: on or off, and which.
import { Mic, MicOff, Video, VideoOff } from "lucide-react";
import type { DeviceProblem } from "../../engine/types";
import { t } from "../../i18n/i18n";
import type { Choice } from "./Preview";
import { useDevices } from "./useDevices";

interface Props {
  readonly device: "microphone" | "camera";
  readonly choice: Choice;
  readonly problem: DeviceProblem | null;
  readonly runs: boolean;
  readonly onChange: (choice: Choice) => void;
}

const ICONS = { microphone: [Mic, MicOff], camera: [Video, VideoOff] } as const;

export function DeviceChoice({ device, choice, problem, runs, onChange }: Props) {
  const devices = useDevices(device === "microphone" ? "audioinput" : "videoinput", runs);
  const title = t(`join.${device}`);
  const [On, Off] = ICONS[device];
  const Icon = choice.on ? On : Off;
  return (
    <div className="field">
      <div className="row">
        <span className="grow">{title}</span>
        <button
          type="button"
          className="button row"
          aria-pressed={choice.on}
          aria-label={`${title}: ${t(choice.on ? "join.on" : "join.off")}`}
          onClick={() => onChange({ ...choice, on: !choice.on })}
        >
          <Icon size={18} aria-hidden="true" />
          {t(choice.on ? "join.on" : "join.off")}
        </button>
      </div>
      {choice.on && devices.length > 1 && (
        <select
          aria-label={title}
          value={choice.deviceId}
          onChange={(event) => onChange({ ...choice, deviceId: event.target.value })}
        >
          {devices.map(({ deviceId, label }) => (
            <option key={deviceId} value={deviceId}>
              {label}
            </option>
          ))}
        </select>
      )}
      {problem && (
        <p role="status" className="bad">
          {t(`device.${problem}`)}
        </p>
      )}
    </div>
  );
}
