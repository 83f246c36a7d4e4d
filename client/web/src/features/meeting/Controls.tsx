// The one bar of controls. Leave stands apart, never beside mute.
import {
  Hand,
  type LucideIcon,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  Smile,
  Users,
  Video,
  VideoOff,
} from "lucide-react";
import { useState } from "react";
import type { Meeting, MeetingState } from "../../engine/types";
import { type Key, t } from "../../i18n/i18n";

export type Panel = "chat" | "people" | null;

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly panel: Panel;
  readonly unread: number;
  readonly onPanel: (panel: Panel) => void;
  readonly act: (done: Promise<void>) => void;
}

const REACTIONS = ["👍", "👏", "❤️", "😂", "😮", "🎉"];

export function toggleMicrophone(meeting: Meeting): void {
  const { state } = meeting.state.microphone;
  if (state === "off") void meeting.useMicrophone(meeting.state.microphone.deviceId);
  else meeting.setMicrophoneMuted(state === "on");
}

export function toggleCamera(meeting: Meeting): void {
  const { state, deviceId } = meeting.state.camera;
  void meeting.useCamera(state === "off" ? deviceId : null);
}

export function toggleSharing(meeting: Meeting): void {
  if (meeting.state.screen.state === "off") void meeting.shareScreen(true);
  else meeting.stopSharing();
}

export function ownHand(state: MeetingState): boolean {
  return state.people.some(({ you, hand }) => you && hand > 0);
}

export function Controls({ meeting, state, panel, unread, onPanel, act }: Props) {
  const [reacting, setReacting] = useState(false);
  const speaks = state.microphone.state === "on";
  const filmed = state.camera.state === "on";
  const sharing = state.screen.state === "on";
  const hand = ownHand(state);
  const microphone: Key =
    state.microphone.state === "off" ? "control.microphoneOff" : speaks ? "control.mute" : "control.unmute";
  const toggle = (which: Panel) => onPanel(panel === which ? null : which);
  return (
    <nav className="controls" aria-label={t("control.bar")}>
      <Control
        icon={speaks ? Mic : MicOff}
        words={microphone}
        shortcut="M"
        off={!speaks}
        onPress={() => toggleMicrophone(meeting)}
      />
      <Control
        icon={filmed ? Video : VideoOff}
        words={filmed ? "control.cameraOff" : "control.cameraOn"}
        shortcut="V"
        off={!filmed}
        onPress={() => toggleCamera(meeting)}
      />
      <Control
        icon={sharing ? MonitorX : MonitorUp}
        words={sharing ? "control.stopShare" : "control.share"}
        shortcut="S"
        pressed={sharing}
        onPress={() => toggleSharing(meeting)}
      />
      <Control
        icon={Hand}
        words={hand ? "control.lower" : "control.raise"}
        shortcut="H"
        pressed={hand}
        onPress={() => act(meeting.setHand(!hand))}
      />
      <div className="reactions-place">
        <Control icon={Smile} words="control.react" pressed={reacting} onPress={() => setReacting(!reacting)} />
        {reacting && (
          <fieldset className="reactions" aria-label={t("control.react")}>
            {REACTIONS.map((reaction) => (
              <button
                key={reaction}
                type="button"
                className="button"
                onClick={() => {
                  setReacting(false);
                  act(meeting.react(reaction));
                }}
              >
                {reaction}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <Control
        icon={MessageSquare}
        words="control.chat"
        shortcut="C"
        pressed={panel === "chat"}
        mark={unread}
        onPress={() => toggle("chat")}
      />
      <Control
        icon={Users}
        words="control.people"
        shortcut="P"
        pressed={panel === "people"}
        mark={state.waiting.length}
        onPress={() => toggle("people")}
      />
      <span className="spacer" />
      <button type="button" className="control leave" onClick={() => void meeting.leave()}>
        <PhoneOff aria-hidden="true" />
        <span className="words">{t("control.leave")}</span>
      </button>
    </nav>
  );
}

interface ControlProps {
  readonly icon: LucideIcon;
  readonly words: Key;
  readonly shortcut?: string;
  readonly off?: boolean;
  readonly pressed?: boolean;
  readonly mark?: number;
  readonly onPress: () => void;
}

function Control({ icon: Icon, words, shortcut, off = false, pressed, mark = 0, onPress }: ControlProps) {
  const label = words === "control.chat" && mark > 0 ? t("control.chatUnread", { count: mark }) : t(words);
  return (
    <button
      type="button"
      className={`control${off ? " off" : ""}`}
      aria-pressed={pressed}
      aria-label={label}
      title={shortcut ? t("keys.hint", { what: t(words), key: shortcut }) : t(words)}
      onClick={onPress}
    >
      <Icon aria-hidden="true" />
      <span className="words">{t(words)}</span>
      {mark > 0 && (
        <span className="mark" aria-hidden="true">
          {mark}
        </span>
      )}
    </button>
  );
}
