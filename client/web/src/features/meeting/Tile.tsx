// One person, or one shared screen: picture or initials, name and marks.
import { CircleDot, EarOff, Hand, MicOff, Pin, PinOff, SignalHigh, SignalLow, WifiOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, TooltipTrigger } from "react-aria-components";
import { Hint, IconButton } from "../../design/controls";
import { pictureElement } from "../../engine/media/surface";
import type { Meeting, MeetingState, Person } from "../../engine/types";
import { type Key, t } from "../../i18n/i18n";
import { ScreenView } from "./ScreenView";
import type { Item } from "./view";

interface Props {
  readonly meeting: Meeting;
  readonly item: Item;
  readonly large: boolean;
  readonly pinned: boolean;
  readonly speaking: boolean;
  readonly quality: MeetingState["quality"] | null; // of one's own connection
  readonly unreadable: readonly number[]; // tracks
  readonly onPin: () => void;
  readonly onQuality: () => void;
}

export function Tile(props: Props) {
  const { meeting, item, large, pinned, speaking, quality, unreadable, onPin, onQuality } = props;
  const { person, track } = item;
  const screen = track?.kind === "screen";
  const label = screen ? t("meeting.screenOf", { name: person.name }) : nameOf(person);
  const own = screen ? meeting.screenStream : meeting.cameraStream;
  const picture =
    person.you && track && own ? (
      <OwnPicture stream={own} mirrored={!screen} />
    ) : track && !track.muted && !person.you ? (
      <RemotePicture key={track.id} meeting={meeting} track={track.id} unreadable={unreadable.includes(track.id)} />
    ) : null;
  const classes = ["tile", speaking && !screen ? "speaking" : "", screen ? "screen-tile" : "", large ? "large" : ""];
  return (
    <figure className={classes.filter(Boolean).join(" ")} aria-label={label} onDoubleClick={onPin}>
      {screen && large ? <ScreenView label={label}>{picture}</ScreenView> : picture}
      {!picture && (
        <span className="initials" aria-hidden="true">
          {initialsOf(person.name)}
        </span>
      )}
      <figcaption>
        <Marks person={person} screen={screen} unreadable={unreadable} />
        <bdi className="tile-name">{label}</bdi>
        {person.hand > 0 && !screen && (
          <span className="hand">
            <Hand size={16} aria-hidden="true" /> {t("meeting.hand", { place: person.hand })}
          </span>
        )}
      </figcaption>
      {quality && !screen && <Quality quality={quality} onPress={onQuality} />}
      <IconButton
        className="tile-button pin"
        icon={pinned ? PinOff : Pin}
        label={t(pinned ? "meeting.unpin" : "meeting.pin", { name: label })}
        onPress={onPin}
      />
    </figure>
  );
}

interface MarksProps {
  readonly person: Person;
  readonly screen: boolean;
  readonly unreadable: readonly number[];
}

function Marks({ person, screen, unreadable }: MarksProps) {
  const microphone = person.tracks.find(({ kind }) => kind === "microphone");
  const weak = person.connected && !person.you && person.connection.quality === "weak";
  return (
    <>
      {!screen && (microphone?.muted ?? true) && <MicOff size={16} role="img" aria-label={t("meeting.muted")} />}
      {!screen && microphone && unreadable.includes(microphone.id) && (
        <EarOff size={16} role="img" aria-label={t("meeting.unheard")} />
      )}
      {!person.connected && <WifiOff size={16} role="img" aria-label={t("meeting.away")} />}
      {weak && <SignalLow size={16} role="img" aria-label={t("meeting.weak")} />}
      {person.recording && !screen && <CircleDot size={16} role="img" aria-label={t("meeting.records")} />}
    </>
  );
}

const QUALITIES: Record<MeetingState["quality"], { icon: typeof SignalHigh; words: Key }> = {
  good: { icon: SignalHigh, words: "quality.good" },
  weak: { icon: SignalLow, words: "quality.weak" },
  lost: { icon: WifiOff, words: "quality.lost" },
};

function Quality({ quality, onPress }: { readonly quality: MeetingState["quality"]; readonly onPress: () => void }) {
  const { icon: Icon, words } = QUALITIES[quality];
  return (
    <TooltipTrigger delay={500}>
      <Button className={`tile-button quality ${quality}`} aria-label={t(words)} onPress={onPress}>
        <Icon size={18} aria-hidden="true" />
      </Button>
      <Hint label={t(words)} shortcut="I" />
    </TooltipTrigger>
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

interface RemoteProps {
  readonly meeting: Meeting;
  readonly track: number;
  readonly unreadable: boolean;
}

const LONG_MS = 2000; // without a picture: it is said in words

// An element can be handed to the engine once only: each view makes its own. What is scrolled out of sight is not asked for.
function RemotePicture({ meeting, track, unreadable }: RemoteProps) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<"soon" | "late" | "yes">("soon");
  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const picture = pictureElement();
    parent.append(picture);
    const pixels = (length: number) => Math.max(1, Math.round(length * devicePixelRatio));
    const view = meeting.showVideo(track, picture, pixels(parent.clientWidth), pixels(parent.clientHeight));
    const late = setTimeout(() => setSeen((before) => (before === "soon" ? "late" : before)), LONG_MS);
    const forget = view.onSize(() => setSeen("yes"));
    if (view.size.width > 0) setSeen("yes");
    let visible = true;
    const wish = () => {
      if (visible) view.resize(pixels(parent.clientWidth), pixels(parent.clientHeight));
      else view.resize(0, 0);
    };
    const sizes = new ResizeObserver(wish);
    sizes.observe(parent);
    const sight = new IntersectionObserver((entries) => {
      visible = entries.at(-1)?.isIntersecting ?? true;
      wish();
    });
    sight.observe(parent);
    return () => {
      clearTimeout(late);
      forget();
      sizes.disconnect();
      sight.disconnect();
      view.close();
      picture.remove();
    };
  }, [meeting, track]);
  return (
    <>
      <div ref={place} className={`picture ${seen === "yes" ? "" : "awaited"}`} aria-hidden="true" />
      {seen !== "yes" && (unreadable || seen === "late") && (
        <p className="no-picture" role="status">
          {t(unreadable ? "meeting.unreadable" : "meeting.noPictureYet")}
        </p>
      )}
    </>
  );
}
