// What passes: sentences that stay for some seconds, and reactions that fly by.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Meeting, MeetingNotice, MeetingState } from "../../engine/types";
import { t } from "../../i18n/i18n";

const NOTICE_MS = 6000;
const REACTION_MS = 4000;
const MOST_NOTICES = 4;
const MOST_REACTIONS = 12;

export interface Notice {
  readonly id: number;
  readonly words: string;
}

export interface Flying {
  readonly id: number;
  readonly reaction: string;
  readonly name: string;
}

interface Notices {
  readonly notices: readonly Notice[];
  readonly flying: readonly Flying[];
  readonly say: (words: string) => void;
  // What was refused is said, not lost.
  readonly act: (done: Promise<void>) => void;
}

export function useNotices(meeting: Meeting): Notices {
  const [notices, addNotice] = usePassing<Notice>(NOTICE_MS, MOST_NOTICES);
  const [flying, addFlying] = usePassing<Flying>(REACTION_MS, MOST_REACTIONS);
  const say = useCallback((words: string) => addNotice({ words }), [addNotice]);
  const act = useCallback(
    (done: Promise<void>) => {
      done.catch((error: unknown) =>
        say(t("notice.refused", { message: error instanceof Error ? error.message : String(error) })),
      );
    },
    [say],
  );
  useEffect(
    () =>
      meeting.onNotice((notice) => {
        if (notice.kind === "reaction") {
          addFlying({ reaction: notice.reaction, name: nameOf(meeting.state, notice.person) });
        } else {
          say(wordsOf(notice, meeting.state));
        }
      }),
    [meeting, say, addFlying],
  );
  return { notices, flying, say, act };
}

function usePassing<T extends { readonly id: number }>(
  ms: number,
  most: number,
): [readonly T[], (one: Omit<T, "id">) => void] {
  const [all, setAll] = useState<readonly T[]>([]);
  const next = useRef(0);
  const add = useCallback(
    (one: Omit<T, "id">) => {
      const id = next.current++;
      setAll((before) => [...before.slice(1 - most), { ...one, id } as T]);
      setTimeout(() => setAll((before) => before.filter((each) => each.id !== id)), ms);
    },
    [ms, most],
  );
  return [all, add];
}

function nameOf(state: MeetingState, id: string): string {
  return state.people.find((person) => person.id === id)?.name ?? "";
}

function wordsOf(notice: Exclude<MeetingNotice, { kind: "reaction" }>, state: MeetingState): string {
  switch (notice.kind) {
    case "joined":
      return t("notice.joined", { name: notice.name });
    case "left":
      return t("notice.left", { name: notice.name });
    case "muted-by":
      return t("notice.mutedBy", { name: nameOf(state, notice.by) });
    case "stopped-by":
      return t("notice.stoppedBy", { name: nameOf(state, notice.by) });
    case "unmute-asked":
      return t("notice.unmuteAsked", { name: nameOf(state, notice.by) });
    case "recording":
      return t(notice.on ? "notice.recordingOn" : "notice.recordingOff", { name: nameOf(state, notice.person) });
    case "muted-but-speaking":
      return t("notice.mutedSpeaking");
  }
}
