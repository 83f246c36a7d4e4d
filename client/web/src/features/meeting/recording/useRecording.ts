// Recording as the page offers it: everybody knows before the first second is kept.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Meeting } from "../../../engine/types";
import { t } from "../../../i18n/i18n";
import { canRecord, chooseTarget, Recorder, type Target } from "./recorder";

interface Recording {
  readonly on: boolean;
  readonly start: () => void;
  readonly stop: () => void;
}

export function useRecording(meeting: Meeting, say: (words: string) => void): Recording {
  const [on, setOn] = useState(false);
  const recorder = useRef<Recorder | null>(null);

  const stop = useCallback(() => {
    const running = recorder.current;
    recorder.current = null;
    setOn(false);
    void meeting.setRecording(false).catch(() => {}); // the meeting may be over
    running?.stop().then(
      () => say(t("record.saved")),
      (error: unknown) => say(t("record.failed", { message: messageOf(error) })),
    );
  }, [meeting, say]);

  const record = useCallback(async () => {
    if (!canRecord()) {
      say(t("record.unsupported"));
      return;
    }
    let target: Target | null = null;
    try {
      target = await chooseTarget(meeting.state.room.name);
      if (!target) return;
      await meeting.setRecording(true);
      recorder.current = Recorder.start(
        target,
        meeting.mixedSound(),
        () => document.querySelector(".stage"),
        (error) => {
          say(t("record.failed", { message: messageOf(error) }));
          stop();
        },
      );
      setOn(true);
    } catch (error) {
      say(t("record.failed", { message: messageOf(error) }));
      void meeting.setRecording(false).catch(() => {});
      await target?.finish().catch(() => {});
    }
  }, [meeting, say, stop]);

  // Whoever leaves keeps what was recorded until then.
  useEffect(() => () => void recorder.current?.stop().catch(() => {}), []);
  return { on, start: useCallback(() => void record(), [record]), stop };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
