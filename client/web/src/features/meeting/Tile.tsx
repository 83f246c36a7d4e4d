// One person, or one shared screen: picture or initials, name and marks.
import { Hand, MicOff, WifiOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { pictureElement } from "../../engine/media/surface";
import type { Meeting, Person, Track } from "../../engine/types";
import { t } from "../../i18n/i18n";

interface Props {
  readonly meeting: Meeting;
  readonly person: Person;
  readonly track: Track | null; // camera or screen; null: no picture
  readonly speaking: boolean;
}

export function Tile({ meeting, person, track, speaking }: Props) {
  const screen = track?.kind === "screen";
  const microphone = person.tracks.find(({ kind }) => kind === "microphone");
  const silent = !screen && (microphone?.muted ?? true);
  const own = screen ? meeting.screenStream : meeting.cameraStream;
  const label = screen ? t("meeting.screenOf", { name: person.name }) : nameOf(person);
  return (
    <figure className={`tile${speaking ? " speaking" : ""}${screen ? " screen-tile" : ""}`} aria-label={label}>
      {person.you && track && own ? (
        <OwnPicture stream={own} mirrored={!screen} />
      ) : track && !track.muted && !person.you ? (
        <RemotePicture key={track.id} meeting={meeting} track={track.id} />
      ) : (
        <span className="initials" aria-hidden="true">
          {initialsOf(person.name)}
        </span>
      )}
      <figcaption>
        {silent && <MicOff size={16} role="img" aria-label={t("meeting.muted")} />}
        <bdi className="tile-name">{label}</bdi>
        {!person.connected && <WifiOff size={16} role="img" aria-label={t("meeting.away")} />}
        {person.hand > 0 && !screen && (
          <span className="hand">
            <Hand size={16} aria-hidden="true" /> {t("meeting.hand", { place: person.hand })}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

export function nameOf(person: Person): string {
  return person.you ? t("meeting.you", { name: person.name }) : person.name;
}

export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toLocaleUpperCase();
}

function OwnPicture({ stream, mirrored }: { readonly stream: MediaStream; readonly mirrored: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return <video ref={video} className={mirrored ? "mirrored" : ""} autoPlay muted playsInline />;
}

// An element can be handed to the engine once only: each view makes its own.
function RemotePicture({ meeting, track }: { readonly meeting: Meeting; readonly track: number }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const picture = pictureElement();
    parent.append(picture);
    const pixels = (length: number) => Math.max(1, Math.round(length * devicePixelRatio));
    const view = meeting.showVideo(track, picture, pixels(parent.clientWidth), pixels(parent.clientHeight));
    const observer = new ResizeObserver(() => view.resize(pixels(parent.clientWidth), pixels(parent.clientHeight)));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      view.close();
      picture.remove();
    };
  }, [meeting, track]);
  return <div ref={place} className="picture" aria-hidden="true" />;
}
