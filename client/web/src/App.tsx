// From the link to the meeting and out again: one screen at a time.
import { lazy, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { type Meeting, MeetingError } from "./engine/types";
import { Join } from "./features/join/Join";
import { Problem } from "./features/join/Problem";
import { type Invitation, openInvitation } from "./features/services";
import { currentLanguage, onLanguage, t } from "./i18n/i18n";

// Not needed before somebody joins: it comes while they look at their picture.
const loadMeetingView = () => import("./features/meeting/MeetingView");
const MeetingView = lazy(async () => ({ default: (await loadMeetingView()).MeetingView }));

type Screen =
  | { kind: "loading" }
  | { kind: "join"; invitation: Invitation }
  | { kind: "meeting"; invitation: Invitation; meeting: Meeting }
  | { kind: "problem"; code: string; message: string };

export function App() {
  const [screen, setScreen] = useState<Screen>({ kind: "loading" });
  useSyncExternalStore(onLanguage, currentLanguage); // all words are said again

  const open = useCallback(() => {
    setScreen({ kind: "loading" });
    openInvitation().then(
      (invitation) => {
        setScreen({ kind: "join", invitation });
        void loadMeetingView();
      },
      (error: unknown) => setScreen(problemOf(error)),
    );
  }, []);
  useEffect(() => {
    open();
    // Another link pasted over this one's key.
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, [open]);
  const ended = useCallback((code: string, message: string) => setScreen({ kind: "problem", code, message }), []);

  switch (screen.kind) {
    case "loading":
      return <Loading />;
    case "join":
      return (
        <Join
          invitation={screen.invitation}
          onJoined={(meeting) => setScreen({ kind: "meeting", invitation: screen.invitation, meeting })}
          onProblem={(error) => setScreen(problemOf(error))}
        />
      );
    case "meeting":
      return (
        <Suspense fallback={<Loading />}>
          <MeetingView meeting={screen.meeting} link={screen.invitation.link} onEnded={ended} />
        </Suspense>
      );
    case "problem":
      return <Problem code={screen.code} message={screen.message} onAgain={open} />;
  }
}

function Loading() {
  return (
    <main className="screen">
      <p role="status">{t("join.loading")}</p>
    </main>
  );
}

function problemOf(error: unknown): Screen {
  const known = error instanceof MeetingError;
  return { kind: "problem", code: known ? error.code : "other", message: known ? error.message : String(error) };
}
