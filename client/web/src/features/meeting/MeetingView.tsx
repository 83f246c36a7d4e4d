// In the meeting: the pictures, one bar of controls, one panel beside them.
import { CircleDot, WifiOff } from "lucide-react";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { DeviceProblem, Meeting, MeetingState } from "../../engine/types";
import { plural, t } from "../../i18n/i18n";
import { toggleCamera, toggleFullScreen, toggleMicrophone, toggleSharing, yourself } from "./actions";
import { Chat } from "./Chat";
import { Controls, type Open, type Panel } from "./Controls";
import { Ask, Shortcuts } from "./Dialogs";
import { People } from "./People";
import { useRecording } from "./recording/useRecording";
import { Settings } from "./Settings";
import { Stage } from "./Stage";
import { Statistics } from "./Statistics";
import { type Shortcut, useKeys } from "./useKeys";
import { type Flying, type Notice, useNotices } from "./useNotices";
import { MOST_PINS, type ViewMode } from "./view";
import "./meeting.css";

interface Props {
  readonly meeting: Meeting;
  readonly link: string;
  readonly onEnded: (code: string, message: string) => void;
}

export function MeetingView({ meeting, link, onEnded }: Props) {
  const subscribe = useCallback((listener: () => void) => meeting.onChange(listener), [meeting]);
  const state = useSyncExternalStore(subscribe, () => meeting.state);
  const { phase } = state;
  useEffect(() => {
    if (phase.kind === "ended") onEnded(phase.ending.code, phase.ending.message);
  }, [phase, onEnded]);

  if (phase.kind === "connecting") {
    return (
      <main className="screen">
        <p role="status">{t("join.entering")}</p>
      </main>
    );
  }
  if (phase.kind === "waiting") return <Lobby meeting={meeting} name={state.room.name} />;
  return <Room meeting={meeting} state={state} link={link} />;
}

function Lobby({ meeting, name }: { readonly meeting: Meeting; readonly name: string }) {
  return (
    <main className="screen">
      <h1>{name || t("lobby.title")}</h1>
      <div role="status">
        <p>
          <strong>{t("lobby.title")}</strong>
        </p>
        <p>{t("lobby.help")}</p>
      </div>
      <button type="button" className="button" onClick={() => void meeting.leave()}>
        {t("control.leave")}
      </button>
    </main>
  );
}

interface RoomProps {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly link: string;
}

function Room({ meeting, state, link }: RoomProps) {
  const [panel, setPanel] = usePanel();
  const [open, setOpen] = useState<Open>(null);
  const [reacting, setReacting] = useState(false);
  const [mode, setMode] = useState<ViewMode>("auto");
  const [pins, setPins] = useState<readonly string[]>([]);
  const { notices, flying, say, act } = useNotices(meeting);
  const recording = useRecording(meeting, say);
  const unread = useUnread(state, panel === "chat");
  const title = useRef<HTMLHeadingElement>(null);

  useEffect(() => title.current?.focus(), []);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${state.room.name || t("app.name")}`;
  }, [unread, state.room.name]);

  const nextMode = () => setMode(mode === "speaker" ? "gallery" : "speaker");
  const toggle = (which: Panel) => setPanel(panel === which ? null : which);
  const shortcuts: Shortcut[] = [
    { key: "m", shown: "M", words: "keys.microphone", run: () => toggleMicrophone(meeting) },
    { key: "v", shown: "V", words: "keys.camera", run: () => toggleCamera(meeting) },
    { key: "s", shown: "S", words: "keys.share", run: () => toggleSharing(meeting) },
    {
      key: "h",
      shown: "H",
      words: "keys.hand",
      run: () => act(meeting.setHand(!(yourself(meeting.state)?.hand ?? 0))),
    },
    { key: "r", shown: "R", words: "control.react", run: () => setReacting(true) },
    { key: "c", shown: "C", words: "control.chat", run: () => toggle("chat") },
    { key: "p", shown: "P", words: "control.people", run: () => toggle("people") },
    { key: "i", shown: "I", words: "control.statistics", run: () => toggle("statistics") },
    { key: "g", shown: "G", words: "control.view", run: nextMode },
    { key: "f", shown: "F", words: "control.fullScreen", run: toggleFullScreen },
    { key: "?", shown: "?", words: "control.keys", run: () => setOpen("keys") },
    { key: "escape", shown: "Esc", words: "keys.close", run: () => setPanel(null) },
  ];
  useKeys(meeting, shortcuts);

  const pin = (key: string) =>
    setPins(pins.includes(key) ? pins.filter((each) => each !== key) : [...pins, key].slice(-MOST_PINS));
  const close = () => setPanel(null);
  return (
    <main className="meeting">
      <header className="row top">
        <h1 ref={title} tabIndex={-1}>
          <bdi>{state.room.name}</bdi>
        </h1>
        <span className="soft numbers">{plural("meeting.people", state.people.length)}</span>
        <Banners state={state} />
      </header>
      <div className="middle">
        <Stage
          meeting={meeting}
          state={state}
          mode={mode}
          pins={pins}
          onPin={pin}
          onQuality={() => setPanel("statistics")}
        />
        {panel === "chat" && <Chat meeting={meeting} state={state} onClose={close} act={act} />}
        {panel === "people" && (
          <People meeting={meeting} state={state} onClose={close} onEnd={() => setOpen("end")} act={act} />
        )}
        {panel === "statistics" && <Statistics meeting={meeting} state={state} onClose={close} />}
      </div>
      {/* Below the pictures, never over them: what is said, in writing. */}
      <section className="captions" aria-label={t("meeting.captions")} aria-live="off" />
      {state.people.length === 1 && <Alone link={link} />}
      <Passing notices={notices} flying={flying} state={state} />
      <Controls
        meeting={meeting}
        state={state}
        panel={panel}
        unread={unread}
        reacting={reacting}
        onReacting={setReacting}
        onPanel={setPanel}
        onOpen={(which) => (which === "record" && recording.on ? recording.stop() : setOpen(which))}
        onMode={nextMode}
        act={act}
      />
      <Settings meeting={meeting} state={state} open={open === "settings"} onClose={() => setOpen(null)} />
      <Shortcuts shortcuts={shortcuts} open={open === "keys"} onClose={() => setOpen(null)} />
      <Ask
        title={t("record.title")}
        words={t("record.help")}
        yes={t("record.start")}
        open={open === "record"}
        onClose={() => setOpen(null)}
        onYes={recording.start}
      />
      <Ask
        title={t("people.endSure")}
        words={t("people.endHelp")}
        yes={t("people.end")}
        bad
        open={open === "end"}
        onClose={() => setOpen(null)}
        onYes={() => act(meeting.closeRoom())}
      />
    </main>
  );
}

// What everybody must know all the time.
function Banners({ state }: { readonly state: MeetingState }) {
  const recorders = state.people.filter(({ recording }) => recording);
  return (
    <div className="row" role="status">
      {recorders.length > 0 && (
        <span className="banner recording">
          <CircleDot size={16} aria-hidden="true" />
          {t("meeting.recordedBy", { names: recorders.map(({ name }) => name).join(", ") })}
        </span>
      )}
      {state.phase.kind === "reconnecting" && (
        <span className="banner">
          <WifiOff size={16} aria-hidden="true" />
          {t("meeting.reconnecting")}
        </span>
      )}
    </div>
  );
}

interface PassingProps {
  readonly notices: readonly Notice[];
  readonly flying: readonly Flying[];
  readonly state: MeetingState;
}

function Passing({ notices, flying, state }: PassingProps) {
  const problems = (["microphone", "camera", "screen"] as const).flatMap((device) => {
    const { problem } = state[device];
    return problem ? [{ device, problem }] : [];
  });
  return (
    <>
      <div className="notices" role="status">
        {problems.map(({ device, problem }) => (
          <p key={device} className="bad">
            {t(`problem.${device}`)} {t(wordsOf(device, problem))}
          </p>
        ))}
        {notices.map(({ id, words }) => (
          <p key={id}>{words}</p>
        ))}
      </div>
      <div className="flying" role="status">
        {flying.map(({ id, reaction, name }) => (
          <p key={id}>
            <span className="reaction">{reaction}</span> <bdi>{name}</bdi>
          </p>
        ))}
      </div>
    </>
  );
}

// A lost microphone may have been replaced by another already.
function wordsOf(device: "microphone" | "camera" | "screen", problem: DeviceProblem) {
  return device === "microphone" && problem === "gone" ? "device.replaced" : (`device.${problem}` as const);
}

function Alone({ link }: { readonly link: string }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () =>
    void navigator.clipboard.writeText(link).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className="row alone">
      <p>{t("meeting.alone")}</p>
      <button type="button" className="button primary" onClick={copy}>
        {copied ? t("meeting.copied") : t("meeting.copyLink")}
      </button>
      {copied === false && <input className="link" readOnly value={link} aria-label={t("meeting.copyByHand")} />}
    </div>
  );
}

// The focus goes back to where it was before a panel opened.
function usePanel(): [Panel, (panel: Panel) => void] {
  const [panel, setPanel] = useState<Panel>(null);
  const before = useRef<Element | null>(null);
  const change = useCallback(
    (next: Panel) => {
      if (panel === null) before.current = document.activeElement;
      setPanel(next);
      const { current } = before;
      if (next === null && current instanceof HTMLElement && current.isConnected) current.focus();
    },
    [panel],
  );
  return [panel, change];
}

// How many lines came since the chat was last open.
function useUnread(state: MeetingState, open: boolean): number {
  const [seen, setSeen] = useState(0);
  const newest = state.chat.reduce((last, { sequence }) => Math.max(last, sequence), 0);
  useEffect(() => {
    if (open) setSeen(newest);
  }, [open, newest]);
  return state.chat.filter(({ sequence, from }) => sequence > seen && from !== state.you).length;
}
