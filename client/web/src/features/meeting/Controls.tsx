// The one bar of controls. Leave stands apart, never beside mute. What has no room in a small window is in the menu.
import {
  ChevronUp,
  CircleDot,
  CircleStop,
  Ellipsis,
  Grid2x2,
  Hand,
  Info,
  Keyboard,
  type LucideIcon,
  Maximize,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  Settings,
  Smile,
  Users,
  Video,
  VideoOff,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import {
  Button,
  Dialog,
  DialogTrigger,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  TooltipTrigger,
} from "react-aria-components";
import { Hint } from "../../design/controls";
import type { Meeting, MeetingState } from "../../engine/types";
import { type Key, t } from "../../i18n/i18n";
import { useDevices } from "../join/useDevices";
import { toggleCamera, toggleFullScreen, toggleMicrophone, toggleSharing, yourself } from "./actions";

export type Panel = "chat" | "people" | "statistics" | null;
export type Open = "settings" | "keys" | "record" | "end" | null;

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly panel: Panel;
  readonly unread: number;
  readonly reacting: boolean;
  readonly onReacting: (open: boolean) => void;
  readonly onPanel: (panel: Panel) => void;
  readonly onOpen: (open: Open) => void;
  readonly onMode: () => void;
  readonly act: (done: Promise<void>) => void;
}

const REACTIONS = ["👍", "👏", "❤️", "😂", "😮", "🎉"];
const NARROW = "(max-width: 700px)";

export function Controls(props: Props) {
  const { meeting, state, panel, unread, reacting, onReacting, onPanel, onOpen, onMode, act } = props;
  const narrow = useMedia(NARROW);
  const you = yourself(state);
  const hand = (you?.hand ?? 0) > 0;
  const sharing = state.screen.state === "on";
  const toggle = (which: Panel) => onPanel(panel === which ? null : which);
  const secondary: Action[] = [
    {
      icon: sharing ? MonitorX : MonitorUp,
      words: sharing ? "control.stopShare" : "control.share",
      shortcut: "S",
      pressed: sharing,
      run: () => toggleSharing(meeting),
    },
    {
      icon: Hand,
      words: hand ? "control.lower" : "control.raise",
      shortcut: "H",
      pressed: hand,
      run: () => act(meeting.setHand(!hand)),
    },
    {
      icon: Users,
      words: "control.people",
      shortcut: "P",
      pressed: panel === "people",
      mark: state.waiting.length,
      run: () => toggle("people"),
    },
  ];
  const [share, raise, people] = secondary as [Action, Action, Action];
  const recording = you?.recording ?? false;
  const more: Action[] = [
    ...(narrow ? secondary : []),
    { icon: Grid2x2, words: "control.view", shortcut: "G", run: onMode },
    { icon: Maximize, words: "control.fullScreen", shortcut: "F", run: toggleFullScreen },
    {
      icon: recording ? CircleStop : CircleDot,
      words: recording ? "control.stopRecording" : "control.record",
      run: () => onOpen("record"),
    },
    { icon: Info, words: "control.statistics", shortcut: "I", run: () => toggle("statistics") },
    { icon: Settings, words: "control.settings", run: () => onOpen("settings") },
    { icon: Keyboard, words: "control.keys", shortcut: "?", run: () => onOpen("keys") },
  ];
  const chat: Action = {
    icon: MessageSquare,
    words: "control.chat",
    shortcut: "C",
    pressed: panel === "chat",
    mark: unread,
    run: () => toggle("chat"),
  };
  return (
    <nav className="controls" aria-label={t("control.bar")}>
      <MicrophoneControl meeting={meeting} state={state} />
      <CameraControl meeting={meeting} state={state} />
      {!narrow && <Control {...share} />}
      {!narrow && <Control {...raise} />}
      <DialogTrigger isOpen={reacting} onOpenChange={onReacting}>
        <Control icon={Smile} words="control.react" shortcut="R" />
        <Popover className="popover" placement="top">
          <Dialog className="reactions" aria-label={t("control.react")}>
            {REACTIONS.map((reaction) => (
              <Button
                key={reaction}
                className="button reaction"
                onPress={() => {
                  onReacting(false);
                  act(meeting.react(reaction));
                }}
              >
                {reaction}
              </Button>
            ))}
          </Dialog>
        </Popover>
      </DialogTrigger>
      <Control {...chat} />
      {!narrow && <Control {...people} />}
      <MenuTrigger>
        <Control icon={Ellipsis} words="control.more" mark={narrow ? state.waiting.length : 0} />
        <Actions actions={more} />
      </MenuTrigger>
      <span className="spacer" />
      {you?.role === "host" ? (
        <MenuTrigger>
          <Control icon={PhoneOff} words="control.leave" className="leave" />
          <Actions
            actions={[
              { icon: PhoneOff, words: "control.leaveOnly", run: () => void meeting.leave() },
              { icon: CircleStop, words: "people.end", run: () => onOpen("end") },
            ]}
          />
        </MenuTrigger>
      ) : (
        <Control icon={PhoneOff} words="control.leave" className="leave" run={() => void meeting.leave()} />
      )}
    </nav>
  );
}

type OwnProps = Pick<Props, "meeting" | "state">;

function MicrophoneControl({ meeting, state }: OwnProps) {
  const { state: how, deviceId } = state.microphone;
  const words: Key = how === "off" ? "control.microphoneOff" : how === "muted" ? "control.unmute" : "control.mute";
  const speaks = how === "on";
  return (
    <Device
      kind="audioinput"
      choose="settings.microphone"
      current={deviceId}
      onChoose={(id) => void meeting.useMicrophone(id)}
    >
      <Control
        icon={speaks ? Mic : MicOff}
        words={words}
        shortcut="M"
        off={!speaks}
        run={() => toggleMicrophone(meeting)}
      />
    </Device>
  );
}

function CameraControl({ meeting, state }: OwnProps) {
  const { state: how, deviceId } = state.camera;
  const filmed = how === "on";
  return (
    <Device kind="videoinput" choose="settings.camera" current={deviceId} onChoose={(id) => void meeting.useCamera(id)}>
      <Control
        icon={filmed ? Video : VideoOff}
        words={filmed ? "control.cameraOff" : "control.cameraOn"}
        shortcut="V"
        off={!filmed}
        run={() => toggleCamera(meeting)}
      />
    </Device>
  );
}

interface DeviceProps {
  readonly kind: MediaDeviceKind;
  readonly choose: Key;
  readonly current: string;
  readonly onChoose: (deviceId: string) => void;
  readonly children: ReactNode;
}

// The control, and beside it which device it is about.
function Device({ kind, choose, current, onChoose, children }: DeviceProps) {
  const devices = useDevices(kind);
  return (
    <div className="device">
      {children}
      {devices.length > 1 && (
        <MenuTrigger>
          <Button className="control choose" aria-label={t(choose)}>
            <ChevronUp size={16} aria-hidden="true" />
          </Button>
          <Popover className="popover" placement="top start">
            <Menu
              className="menu"
              aria-label={t(choose)}
              selectionMode="single"
              selectedKeys={[current]}
              onAction={(key) => onChoose(String(key))}
            >
              {devices.map(({ deviceId, label }) => (
                <MenuItem key={deviceId} id={deviceId} className="menu-item" textValue={label}>
                  {label}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
    </div>
  );
}

interface Action {
  readonly icon: LucideIcon;
  readonly words: Key;
  readonly shortcut?: string;
  readonly pressed?: boolean;
  readonly mark?: number;
  readonly run: () => void;
}

function Actions({ actions }: { readonly actions: readonly Action[] }) {
  return (
    <Popover className="popover" placement="top end">
      <Menu className="menu" onAction={(key) => actions.find(({ words }) => words === key)?.run()}>
        {actions.map(({ icon: Icon, words, shortcut, mark = 0 }) => (
          <MenuItem key={words} id={words} className="menu-item" textValue={t(words)}>
            <Icon size={18} aria-hidden="true" />
            <span className="grow">{t(words)}</span>
            {mark > 0 && <span className="menu-mark">{mark}</span>}
            {shortcut && <kbd>{shortcut}</kbd>}
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  );
}

interface ControlProps extends Omit<Action, "run"> {
  readonly off?: boolean;
  readonly className?: string;
  readonly run?: () => void;
}

function Control(props: ControlProps) {
  const { icon: Icon, words, shortcut, off = false, pressed, mark = 0, className = "", run } = props;
  return (
    <TooltipTrigger delay={600}>
      <Button
        className={`control ${off ? "off" : ""} ${className}`}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
        {...(run ? { onPress: run } : {})}
      >
        <Icon size={20} aria-hidden="true" />
        <span className="words">{t(words)}</span>
        {mark > 0 && (
          <span className="mark">
            {mark} <span className="unseen">{t(words === "control.chat" ? "control.unread" : "control.waiting")}</span>
          </span>
        )}
      </Button>
      <Hint label={t(words)} shortcut={shortcut} />
    </TooltipTrigger>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = () => setMatches(list.matches);
    changed();
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, [query]);
  return matches;
}
