// In the meeting: the pictures, one bar of controls, one panel beside them.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { DeviceProblem, Meeting, MeetingNotice, MeetingState } from "../../engine/types";
import { plural, t } from "../../i18n/i18n";
import { Chat } from "./Chat";
import { Controls, ownHand, type Panel, toggleCamera, toggleMicrophone, toggleSharing } from "./Controls";
import { People } from "./People";
import { Stage } from "./Stage";
import "./meeting.css";

interface Props {
  readonly meeting: Meeting;
  readonly link: string;
  readonly onEnded: (code: string, message: string) => void;
}

type Act = (done: Promise<void>) => void;

const NOTICE_MS = 6000; // milliseconds

export function MeetingView({ meeting, link, onEnded }: Props) {
  const subscribe = useCallback((listener: () => void) => meeting.onChange(listener), [meeting]);
  const state = useSyncExternalStore(subscribe, () => meeting.state);
  const [panel, setPanel] = useState<Panel>(null);
  const [notices, say] = useNotices();
  const unread = useUnread(state, panel === "chat");
  const { phase } = state;

  useEffect(() => meeting.onNotice((notice) => say(wordsOf(notice, meeting.state))), [meeting, say]);
  useEffect(() => {
    if (phase.kind === "ended") onEnded(phase.ending.code, phase.ending.message);
  }, [phase, onEnded]);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${state.room.name || t("app.name")}`;
  }, [unread, state.room.name]);
  // What was refused is said, not lost.
  const act = useCallback(
    (done: Promise<void>) => {
      done.catch((error: unknown) =>
        say(t("notice.refused", { message: error instanceof Error ? error.message : "" })),
      );
    },
    [say],
  );
  useKeys(meeting, panel, setPanel, act);

  if (phase.kind === "connecting") {
    return (
      <main className="screen">
        <p role="status">{t("join.entering")}</p>
      </main>
    );
  }
  if (phase.kind === "waiting") {
    return (
      <main className="screen">
        <h1>{state.room.name || t("lobby.title")}</h1>
        <p role="status">
          {t("lobby.title")}. {t("lobby.help")}
        </p>
        <button type="button" className="button" onClick={() => void meeting.leave()}>
          {t("control.leave")}
        </button>
      </main>
    );
  }
  const close = () => setPanel(null);
  const problems = [state.microphone.problem, state.camera.problem, state.screen.problem].filter(
    (problem): problem is DeviceProblem => problem !== null,
  );
  return (
    <main className="meeting">
      <header className="row top">
        <h1>
          <bdi>{state.room.name}</bdi>
        </h1>
        <span className="soft numbers">{plural("meeting.people", state.people.length)}</span>
        {phase.kind === "reconnecting" && (
          <span role="status" className="banner">
            {t("meeting.reconnecting")}
          </span>
        )}
      </header>
      <div className="middle">
        <Stage meeting={meeting} state={state} />
        {panel === "chat" && <Chat meeting={meeting} state={state} onClose={close} act={act} />}
        {panel === "people" && <People meeting={meeting} state={state} onClose={close} act={act} />}
      </div>
      {state.people.length === 1 && <Alone link={link} />}
      <div className="notices" role="status">
        {notices.map(({ id, words }) => (
          <p key={id}>{words}</p>
        ))}
        {problems.map((problem) => (
          <p key={problem} className="bad">
            {t(`device.${problem}`)}
          </p>
        ))}
      </div>
      <Controls meeting={meeting} state={state} panel={panel} unread={unread} onPanel={setPanel} act={act} />
    </main>
  );
}

function Alone({ link }: { readonly link: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="row alone">
      <p>{t("meeting.alone")}</p>
      <button
        type="button"
        className="button primary"
        onClick={() =>
          void navigator.clipboard.writeText(link).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {copied ? t("meeting.copied") : t("meeting.copyLink")}
      </button>
    </div>
  );
}

interface Notice {
  readonly id: number;
  readonly words: string;
}

function useNotices(): [readonly Notice[], (words: string) => void] {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const next = useRef(0);
  const say = useCallback((words: string) => {
    const id = next.current++;
    setNotices((before) => [...before.slice(-3), { id, words }]);
    setTimeout(() => setNotices((before) => before.filter((each) => each.id !== id)), NOTICE_MS);
  }, []);
  return [notices, say];
}

function wordsOf(notice: MeetingNotice, state: MeetingState): string {
  const name = (id: string) => state.people.find((person) => person.id === id)?.name ?? "";
  switch (notice.kind) {
    case "joined":
      return t("notice.joined", { name: notice.name });
    case "left":
      return t("notice.left", { name: notice.name });
    case "reaction":
      return t("notice.reaction", { name: name(notice.person), reaction: notice.reaction });
    case "muted-by":
      return t("notice.mutedBy", { name: name(notice.by) });
    case "stopped-by":
      return t("notice.stoppedBy", { name: name(notice.by) });
    case "unmute-asked":
      return t("notice.unmuteAsked", { name: name(notice.by) });
    case "recording":
      return t(notice.on ? "notice.recordingOn" : "notice.recordingOff", { name: name(notice.person) });
    case "muted-but-speaking":
      return t("notice.mutedSpeaking");
  }
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

// One key each, never while somebody types.
function useKeys(meeting: Meeting, panel: Panel, setPanel: (panel: Panel) => void, act: Act): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, select, textarea") !== null;
      if (event.key === "Escape") setPanel(null);
      if (typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      const actions: Record<string, () => void> = {
        m: () => toggleMicrophone(meeting),
        v: () => toggleCamera(meeting),
        s: () => toggleSharing(meeting),
        h: () => act(meeting.setHand(!ownHand(meeting.state))),
        c: () => setPanel(panel === "chat" ? null : "chat"),
        p: () => setPanel(panel === "people" ? null : "people"),
      };
      const action = actions[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault(); // the letter must not land in the field that opens
      action();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [meeting, panel, setPanel, act]);
}
