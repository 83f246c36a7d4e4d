// From the link to the meeting and out again: one screen at a time.
import { useCallback, useEffect, useState } from "react";
import { type Meeting, MeetingError } from "./engine/types";
import { Join } from "./features/join/Join";
import { Problem } from "./features/join/Problem";
import { MeetingView } from "./features/meeting/MeetingView";
import { type Invitation, openInvitation } from "./features/services";
import { t } from "./i18n/i18n";

type Screen =
  | { kind: "loading" }
  | { kind: "join"; invitation: Invitation }
  | { kind: "meeting"; invitation: Invitation; meeting: Meeting }
  | { kind: "problem"; code: string; message: string };

export function App() {
  const [screen, setScreen] = useState<Screen>({ kind: "loading" });

  const open = useCallback(() => {
    setScreen({ kind: "loading" });
    openInvitation().then(
      (invitation) => setScreen({ kind: "join", invitation }),
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
      return (
        <main className="screen">
          <p role="status">{t("join.loading")}</p>
        </main>
      );
    case "join":
      return (
        <Join
          invitation={screen.invitation}
          onJoined={(meeting) => setScreen({ kind: "meeting", invitation: screen.invitation, meeting })}
          onProblem={(error) => setScreen(problemOf(error))}
        />
      );
    case "meeting":
      return <MeetingView meeting={screen.meeting} link={screen.invitation.link} onEnded={ended} />;
    case "problem":
      return <Problem code={screen.code} message={screen.message} onAgain={open} />;
  }
}

function problemOf(error: unknown): Screen {
  const known = error instanceof MeetingError;
  return { kind: "problem", code: known ? error.code : "other", message: known ? error.message : String(error) };
}
