// One key for each action, never while somebody types; the space bar speaks while it is held.
import { useEffect, useRef } from "react";
import type { Meeting } from "../../engine/types";
import type { Key } from "../../i18n/i18n";

export interface Shortcut {
  readonly key: string; // as KeyboardEvent.key says it, in lower case
  readonly shown: string;
  readonly words: Key;
  readonly run: () => void;
}

const PRESSED_BY_SPACE = "button, a, summary, [role=menuitem], [tabindex='0']";

export function useKeys(meeting: Meeting, shortcuts: readonly Shortcut[]): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    let talking = false;
    const startTalking = (event: KeyboardEvent) => {
      if (event.key !== " " || hasModifier(event) || !isForTalking(event)) return;
      event.preventDefault();
      if (event.repeat || meeting.state.microphone.state !== "muted") return;
      talking = true;
      meeting.setMicrophoneMuted(false);
    };
    const pressed = (event: KeyboardEvent) => {
      if (hasModifier(event)) return;
      const shortcut = current.current.find(({ key }) => key === event.key.toLowerCase());
      if (!shortcut || event.repeat || (isTyping(event) && event.key !== "Escape") || isInDialog(event)) return;
      if (event.key !== "Escape") event.preventDefault(); // the letter must not land in the field that opens
      shortcut.run();
    };
    const stopTalking = () => {
      if (talking) meeting.setMicrophoneMuted(true);
      talking = false;
    };
    const released = (event: KeyboardEvent) => {
      if (event.key !== " ") return;
      if (isForTalking(event)) event.preventDefault(); // else the button that was clicked last is pressed again
      stopTalking();
    };
    // Before the button that was clicked last takes it.
    window.addEventListener("keydown", startTalking, true);
    window.addEventListener("keyup", released, true);
    window.addEventListener("keydown", pressed);
    window.addEventListener("blur", stopTalking);
    return () => {
      window.removeEventListener("keydown", startTalking, true);
      window.removeEventListener("keyup", released, true);
      window.removeEventListener("keydown", pressed);
      window.removeEventListener("blur", stopTalking);
    };
  }, [meeting]);
}

function hasModifier({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || altKey || metaKey;
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("input:not([type=range]), select, textarea") !== null;
}

// Dialogs and menus have keys of their own.
function isInDialog({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;
}

// Whoever moves by keyboard presses what is in focus with it.
function isForTalking(event: KeyboardEvent): boolean {
  const { target } = event;
  if (isTyping(event) || isInDialog(event)) return false;
  const pressed = target instanceof Element ? target.closest(PRESSED_BY_SPACE) : null;
  return !pressed?.matches(":focus-visible");
}
