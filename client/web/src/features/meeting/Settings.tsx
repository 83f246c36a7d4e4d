// Devices, look and language, while the meeting goes on.
import { useEffect, useState } from "react";
import { Box } from "../../design/controls";
import type { Meeting, MeetingState } from "../../engine/types";
import { type Key, t } from "../../i18n/i18n";
import { remember, remembered } from "../join/memory";
import { LevelBar } from "../join/Preview";
import { Speaker } from "../join/Speaker";
import { useDevices } from "../join/useDevices";
import { chooseAppLanguage, chooseTheme, language, type Theme, theme } from "../preferences";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly open: boolean;
  readonly onClose: () => void;
}

const THEMES: Record<Theme, Key> = {
  system: "settings.system",
  light: "settings.light",
  dark: "settings.dark",
};

export function Settings({ meeting, state, open, onClose }: Props) {
  return (
    <Box title={t("control.settings")} open={open} onClose={onClose}>
      <div className="settings">
        <Devices meeting={meeting} state={state} />
        <Look />
      </div>
    </Box>
  );
}

function Devices({ meeting, state }: Pick<Props, "meeting" | "state">) {
  const [speaker, setSpeaker] = useState(() => remembered("speaker"));
  const [failed, setFailed] = useState(false);
  const chooseSpeaker = (deviceId: string) => {
    setSpeaker(deviceId);
    remember("speaker", deviceId);
    meeting.useSpeaker(deviceId).then(
      () => setFailed(false),
      () => setFailed(true),
    );
  };
  const { microphone, camera } = state;
  return (
    <>
      <DeviceSelect
        kind="audioinput"
        words="settings.microphone"
        current={microphone.deviceId}
        onChoose={(id) => {
          remember("microphone", id);
          void meeting.useMicrophone(id);
        }}
      />
      <OwnLevel meeting={meeting} />
      <DeviceSelect
        kind="videoinput"
        words="settings.camera"
        current={camera.deviceId}
        onChoose={(id) => {
          remember("camera", id);
          void meeting.useCamera(id);
        }}
      />
      <Blur meeting={meeting} state={state} />
      <Speaker deviceId={speaker} onChange={chooseSpeaker} />
      {failed && (
        <p role="status" className="bad">
          {t("device.failed")}
        </p>
      )}
    </>
  );
}

function Blur({ meeting, state }: Pick<Props, "meeting" | "state">) {
  const { blur } = state;
  return (
    <div>
      <label className="row">
        <input
          type="checkbox"
          checked={blur === "on"}
          disabled={blur === "unsupported"}
          onChange={(event) => void meeting.setBlur(event.target.checked)}
        />
        {t("settings.blur")}
      </label>
      {(blur === "unsupported" || blur === "failed") && (
        <p role="status" className="soft">
          {t(`settings.blur.${blur}`)}
        </p>
      )}
    </div>
  );
}

interface SelectProps {
  readonly kind: MediaDeviceKind;
  readonly words: Key;
  readonly current: string;
  readonly onChoose: (deviceId: string) => void;
}

function DeviceSelect({ kind, words, current, onChoose }: SelectProps) {
  const devices = useDevices(kind, current !== "");
  return (
    <label className="field">
      {t(words)}
      <select value={current} disabled={devices.length === 0} onChange={(event) => onChoose(event.target.value)}>
        {!devices.some(({ deviceId }) => deviceId === current) && <option value={current}>{t("settings.none")}</option>}
        {devices.map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function OwnLevel({ meeting }: { readonly meeting: Meeting }) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setLevel(meeting.microphoneLevel()), 100);
    return () => clearInterval(timer);
  }, [meeting]);
  return <LevelBar level={level} />;
}

function Look() {
  const [look, setLook] = useState(theme);
  const spoken = language();
  return (
    <>
      <label className="field">
        {t("settings.look")}
        <select
          value={look}
          onChange={(event) => {
            const chosen = event.target.value as Theme;
            setLook(chosen);
            chooseTheme(chosen);
          }}
        >
          {Object.entries(THEMES).map(([value, words]) => (
            <option key={value} value={value}>
              {t(words)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("settings.language")}
        <select value={spoken} onChange={(event) => chooseAppLanguage(event.target.value as typeof spoken)}>
          <option value="system">{t("settings.system")}</option>
          <option value="en">English</option>
          <option value="de">Deutsch</option>
        </select>
      </label>
    </>
  );
}
