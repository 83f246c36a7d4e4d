// One's own picture over the other's: dragged, or moved by the arrow keys, from corner to corner.
import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import { t } from "../../i18n/i18n";
import { remember, remembered } from "../join/memory";

interface Corner {
  readonly end: boolean; // at the inline end
  readonly bottom: boolean;
}
interface Drag {
  readonly x: number; // pointer, CSS pixels
  readonly y: number;
}

export function SelfTile({ children }: { readonly children: ReactNode }) {
  const [corner, setCorner] = useState<Corner>(() => cornerOf(remembered("self-tile")));
  const [start, setStart] = useState<Drag | null>(null);
  const [moved, setMoved] = useState<Drag>({ x: 0, y: 0 });
  const place = (next: Corner) => {
    setCorner(next);
    remember("self-tile", `${next.bottom ? "bottom" : "top"} ${next.end ? "end" : "start"}`);
  };

  const pressed = (event: PointerEvent<HTMLElement>) => {
    if (event.target instanceof Element && event.target.closest("button")) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setStart({ x: event.clientX, y: event.clientY });
  };
  const dragged = (event: PointerEvent<HTMLElement>) => {
    if (start) setMoved({ x: event.clientX - start.x, y: event.clientY - start.y });
  };
  const released = (event: PointerEvent<HTMLElement>) => {
    if (!start) return;
    const stage = event.currentTarget.parentElement?.getBoundingClientRect();
    const tile = event.currentTarget.getBoundingClientRect();
    setStart(null);
    setMoved({ x: 0, y: 0 });
    if (!stage) return;
    const right = tile.left + tile.width / 2 > stage.left + stage.width / 2;
    const leftToRight = getComputedStyle(event.currentTarget).direction === "ltr";
    place({ end: right === leftToRight, bottom: tile.top + tile.height / 2 > stage.top + stage.height / 2 });
  };
  const keyed = (event: KeyboardEvent<HTMLElement>) => {
    const leftToRight = getComputedStyle(event.currentTarget).direction === "ltr";
    const moves: Record<string, Partial<Corner>> = {
      ArrowLeft: { end: !leftToRight },
      ArrowRight: { end: leftToRight },
      ArrowUp: { bottom: false },
      ArrowDown: { bottom: true },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    place({ ...corner, ...move });
  };

  const style = { "--moved-x": `${moved.x}px`, "--moved-y": `${moved.y}px` } as CSSProperties;
  const classes = ["self", corner.end ? "at-end" : "at-start", corner.bottom ? "at-bottom" : "at-top"];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group that can be moved has no element of its own
    <div
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: moved by the arrow keys
      tabIndex={0}
      aria-label={t("meeting.selfTile")}
      className={`${classes.join(" ")}${start ? " dragged" : ""}`}
      style={style}
      onPointerDown={pressed}
      onPointerMove={dragged}
      onPointerUp={released}
      onPointerCancel={released}
      onKeyDown={keyed}
    >
      {children}
    </div>
  );
}

function cornerOf(text: string): Corner {
  return { end: !text.endsWith("start"), bottom: !text.startsWith("top") };
}
