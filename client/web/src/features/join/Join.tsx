// Before the meeting: who you are and what others will hear and see of you.
import { type FormEvent, useState } from "react";
import { type Meeting, MeetingError } from "../../engine/types";
import { t } from "../../i18n/i18n";
import type { Invitation } from "../services";
import { DeviceChoice } from "./DeviceChoice";
import { remember, remembered } from "./memory";
import { type Choice, Level, Picture, useTried } from "./Preview";
import { Speaker } from "./Speaker";
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
  const [microphone, setMicrophone] = useRemembered("microphone");
  const [camera, setCamera] = useRemembered("camera");
  const [speaker, setSpeaker] = useState(() => remembered("speaker"));
  const heard = useTried(microphone, "microphone");
  const seen = useTried(camera, "camera");

  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setWrong(false);
    remember("name", name);
    remember("speaker", speaker);
    try {
      const meeting = await invitation.join(name.trim(), password);
      // A device that is at home now is no reason to stay outside.
      if (speaker !== "") void meeting.useSpeaker(speaker).catch(() => {});
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
      <h1>
        <bdi>{invitation.name || t("join.title")}</bdi>
      </h1>
      <div className="join-columns">
        <div className="join-picture">
          <Picture stream={seen.stream} />
          <Level stream={heard.stream} />
        </div>
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
              onChange={(event) => setName(event.target.value.slice(0, MOST_CHARACTERS))}
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
          <DeviceChoice
            device="microphone"
            choice={microphone}
            problem={heard.problem}
            runs={heard.stream !== null}
            onChange={setMicrophone}
          />
          <DeviceChoice
            device="camera"
            choice={camera}
            problem={seen.problem}
            runs={seen.stream !== null}
            onChange={setCamera}
          />
          <Speaker deviceId={speaker} onChange={setSpeaker} />
          <button type="submit" className="button primary wide" disabled={busy || name.trim() === ""}>
            {busy ? t("join.entering") : t("join.enter")}
          </button>
        </form>
      </div>
    </main>
  );
}

// Whoever came without a microphone or camera comes without it again.
function useRemembered(device: "microphone" | "camera"): [Choice, (choice: Choice) => void] {
  const [choice, setChoice] = useState<Choice>(() => ({
    on: remembered(`${device}-off`) === "",
    deviceId: remembered(device),
  }));
  const change = (next: Choice) => {
    setChoice(next);
    remember(device, next.deviceId);
    remember(`${device}-off`, next.on ? "" : "off");
  };
  return [choice, change];
}
