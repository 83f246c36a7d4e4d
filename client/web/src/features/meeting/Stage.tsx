// Everybody's pictures: a gallery, or some of them large with the others beside them.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { IconButton } from "../../design/controls";
import type { Meeting, MeetingState } from "../../engine/types";
import { t } from "../../i18n/i18n";
import { gridFor } from "./grid";
import { SelfTile } from "./SelfTile";
import { Tile } from "./Tile";
import { capacityOf, type Item, orderAfter, type Size, type ViewMode, viewOf } from "./view";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly mode: ViewMode;
  readonly pins: readonly string[];
  readonly onPin: (key: string) => void;
  readonly onQuality: () => void;
}

const GAP = 8; // CSS pixels
const WIDE = 1.2; // width : height from which the others stand beside, not below, what is large

export function Stage({ meeting, state, mode, pins, onPin, onQuality }: Props) {
  const [place, size] = useSize();
  const [page, setPage] = useState(0);
  const capacity = capacityOf(size);
  const order = useOrder(state, capacity);
  const speaker = useLastSpeaker(state);
  const view = viewOf(state, { mode, pins, order, speaker, size });
  const pages = Math.max(1, Math.ceil(view.others.length / capacity));
  const shown = Math.min(page, pages - 1);
  const tileOf = (item: Item, large: boolean) => (
    <Tile
      key={item.key}
      meeting={meeting}
      item={item}
      large={large}
      pinned={pins.includes(item.key)}
      speaking={state.speakers.includes(item.person.id)}
      quality={item.person.you ? state.quality : null}
      unreadable={state.unreadable}
      onPin={() => onPin(item.key)}
      onQuality={onQuality}
    />
  );
  if (view.large.length > 0) {
    const beside = size.width > size.height * WIDE;
    return (
      <section
        ref={place}
        className={`stage with-large ${beside ? "beside" : "below"}`}
        aria-label={t("meeting.stage")}
      >
        <Gallery>{view.large.map((item) => tileOf(item, true))}</Gallery>
        {view.others.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <section className="strip" aria-label={t("meeting.others")} tabIndex={0}>
            {view.others.map((item) => tileOf(item, false))}
          </section>
        )}
      </section>
    );
  }
  return (
    <section ref={place} className="stage" aria-label={t("meeting.stage")}>
      <Gallery>
        {view.others.slice(shown * capacity, (shown + 1) * capacity).map((item) => tileOf(item, pages === 1))}
      </Gallery>
      {view.floating && <SelfTile>{tileOf(view.floating, false)}</SelfTile>}
      {pages > 1 && (
        <div className="row pages">
          <IconButton
            icon={ChevronLeft}
            label={t("meeting.previous")}
            disabled={shown === 0}
            onPress={() => setPage(shown - 1)}
          />
          <span className="numbers" role="status">
            {shown + 1} / {pages}
          </span>
          <IconButton
            icon={ChevronRight}
            label={t("meeting.next")}
            disabled={shown === pages - 1}
            onPress={() => setPage(shown + 1)}
          />
        </div>
      )}
    </section>
  );
}

function Gallery({ children }: { readonly children: readonly ReactNode[] }) {
  const [place, size] = useSize();
  const grid = gridFor(children.length, size.width, size.height, GAP);
  const style = { "--tile-width": `${Math.floor(grid.width)}px`, "--tile-height": `${Math.floor(grid.height)}px` };
  return (
    <div ref={place} className="gallery" style={style as CSSProperties}>
      {children}
    </div>
  );
}

function useSize(): [React.RefCallback<HTMLElement>, Size] {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, size];
}

function useOrder(state: MeetingState, capacity: number): readonly string[] {
  const order = useRef<readonly string[]>([]);
  order.current = orderAfter(order.current, state.people, state.speakers, capacity);
  return order.current;
}

// The loudest of the others; whoever it was last stays large when nobody speaks.
function useLastSpeaker(state: MeetingState): string {
  const last = useRef("");
  last.current = state.speakers.find((id) => id !== state.you) ?? last.current;
  return last.current;
}
