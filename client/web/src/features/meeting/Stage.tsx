// Everybody's pictures: a gallery, or what is shared large with the people beside it.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Meeting, MeetingState, Person, Track } from "../../engine/types";
import { t } from "../../i18n/i18n";
import { gridFor, pagesOf, TILES_PER_PAGE } from "./grid";
import { Tile } from "./Tile";

const GAP = 8; // CSS pixels
const STRIP_TILES = 6;

interface Item {
  readonly person: Person;
  readonly track: Track | null;
}

export function Stage({ meeting, state }: { readonly meeting: Meeting; readonly state: MeetingState }) {
  const [page, setPage] = useState(0);
  const shared = state.people.flatMap((person) =>
    person.tracks.filter(({ kind }) => kind === "screen").map((track): Item => ({ person, track })),
  );
  const faces = state.people.map((person): Item => ({ person, track: cameraOf(person) }));
  // Beside a screen the speakers are of most interest.
  const ranked = [...faces].sort((a, b) => rankOf(state, a.person) - rankOf(state, b.person));
  const pages = pagesOf(faces.length);
  const shownPage = Math.min(page, pages - 1);
  const visible = faces.slice(shownPage * TILES_PER_PAGE, (shownPage + 1) * TILES_PER_PAGE);
  const tiles = (items: readonly Item[]) =>
    items.map(({ person, track }) => (
      <Tile
        key={`${person.id} ${track?.kind ?? "camera"}`}
        meeting={meeting}
        person={person}
        track={track}
        speaking={state.speakers.includes(person.id)}
      />
    ));
  if (shared.length > 0) {
    return (
      <div className="stage with-screen">
        <Gallery>{tiles(shared)}</Gallery>
        <div className="strip">{tiles(ranked.slice(0, STRIP_TILES))}</div>
      </div>
    );
  }
  return (
    <div className="stage">
      <Gallery>{tiles(visible)}</Gallery>
      {pages > 1 && (
        <div className="row pages">
          <button
            type="button"
            className="button"
            aria-label={t("meeting.previous")}
            disabled={shownPage === 0}
            onClick={() => setPage(shownPage - 1)}
          >
            <ChevronLeft aria-hidden="true" />
          </button>
          <span className="numbers">
            {shownPage + 1} / {pages}
          </span>
          <button
            type="button"
            className="button"
            aria-label={t("meeting.next")}
            disabled={shownPage === pages - 1}
            onClick={() => setPage(shownPage + 1)}
          >
            <ChevronRight aria-hidden="true" />
          </button>
        </div>
      )}
    </div>
  );
}

function Gallery({ children }: { readonly children: readonly React.ReactNode[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const grid = gridFor(children.length, size.width, size.height, GAP);
  const style = { "--tile-width": `${Math.floor(grid.width)}px`, "--tile-height": `${Math.floor(grid.height)}px` };
  return (
    <div ref={place} className="gallery" style={style as React.CSSProperties}>
      {children}
    </div>
  );
}

function cameraOf(person: Person): Track | null {
  return person.tracks.find(({ kind }) => kind === "camera") ?? null;
}

function rankOf(state: MeetingState, person: Person): number {
  const place = state.speakers.indexOf(person.id);
  return place >= 0 ? place : state.speakers.length + person.number;
}
