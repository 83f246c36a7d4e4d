// Before the meeting: who you are and what others will hear and see of you.
import { type FormEvent, useEffect, useState } from "react";
import { type DeviceProblem, type Meeting, MeetingError } from "../../engine/types";
import { t } from "../../i18n/i18n";
import type { Invitation } from "../services";
import { remember, remembered } from "./memory";
import { type Choice, Level, Picture, useTried } from "./Preview";
import "./join.css";

interface Props {
  readonly invitation: Invitation;
  readonly onJoined: (meeting: Meeting) => void;
  readonly onProblem: (error: unknown) => void;
}

const MOST_CHARACTERS = 64;

export function Join({ invitation, onJoined, onProblem }: Props) {
  const [name, setName] = useState(() => remembered("name").slice(0, MOST_CHARACTERS));
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [microphone, setMicrophone] = useState<Choice>({ on: true, deviceId: remembered("microphone") });
  const [camera, setCamera] = useState<Choice>({ on: true, deviceId: remembered("camera") });
  const heard = useTried(microphone, "microphone");
  const seen = useTried(camera, "camera");
  const devices = useDevices(heard.stream !== null, seen.stream !== null);

  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setWrong(false);
    remember("name", name);
    remember("microphone", microphone.deviceId);
    remember("camera", camera.deviceId);
    try {
      const meeting = await invitation.join(name.trim(), password);
      if (microphone.on && !heard.problem) void meeting.useMicrophone(microphone.deviceId);
      if (camera.on && !seen.problem) void meeting.useCamera(camera.deviceId);
      onJoined(meeting);
    } catch (error) {
      setBusy(false);
      const again = error instanceof MeetingError && /^(wrong-password|password-required)$/.test(error.code);
      if (again) setWrong(true);
      else onProblem(error);
    }
  };

  return (
    <main className="screen join">
      <h1>{invitation.name || t("join.title")}</h1>
      <div className="join-columns">
        <Picture stream={seen.stream} />
        <form onSubmit={(event) => void enter(event)}>
          <label className="field">
            {t("join.name")}
            <input
              value={name}
              maxLength={MOST_CHARACTERS}
              required
              // biome-ignore lint/a11y/noAutofocus: the page has no other purpose
              autoFocus
              autoComplete="name"
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          {invitation.passwordRequired && (
            <label className="field">
              {t("join.password")}
              <input
                type="password"
                value={password}
                required
                autoComplete="off"
                aria-invalid={wrong}
                onChange={(event) => setPassword(event.target.value)}
              />
              {wrong && (
                <span role="alert" className="bad">
                  {t("password.wrong")}
                </span>
              )}
            </label>
          )}
          <Device
            title={t("join.microphone")}
            choice={microphone}
            problem={heard.problem}
            devices={devices.filter(({ kind }) => kind === "audioinput")}
            onChange={setMicrophone}
          />
          <Level stream={heard.stream} />
          <Device
            title={t("join.camera")}
            choice={camera}
            problem={seen.problem}
            devices={devices.filter(({ kind }) => kind === "videoinput")}
            onChange={setCamera}
          />
          <button type="submit" className="button primary wide" disabled={busy || name.trim() === ""}>
            {busy ? t("join.entering") : t("join.enter")}
          </button>
        </form>
      </div>
    </main>
  );
}

interface DeviceProps {
  readonly title: string;
  readonly choice: Choice;
  readonly problem: DeviceProblem | null;
  readonly devices: readonly MediaDeviceInfo[];
  readonly onChange: (choice: Choice) => void;
}

function Device({ title, choice, problem, devices, onChange }: DeviceProps) {
  return (
    <div className="field">
      <div className="row">
        <span>{title}</span>
        <button
          type="button"
          className="button"
          aria-pressed={choice.on}
          onClick={() => onChange({ ...choice, on: !choice.on })}
        >
          {choice.on ? t("join.on") : t("join.off")}
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

// Their names are known only once one of them runs.
function useDevices(...runs: readonly boolean[]): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const known = runs.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what runs changes what can be read
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (!media) return;
    const look = () => void media.enumerateDevices().then(setDevices, () => {});
    look();
    media.addEventListener("devicechange", look);
    return () => media.removeEventListener("devicechange", look);
  }, [known]);
  return devices;
}
