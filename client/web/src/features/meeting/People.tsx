// Who is here, who waits, and what the host and moderators can do.
import { CircleDot, Ellipsis, Hand, MicOff, SignalLow, Volume2, WifiOff, X } from "lucide-react";
import { useState } from "react";
import { Button, Dialog, DialogTrigger, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { IconButton } from "../../design/controls";
import type { Meeting, MeetingState, Person } from "../../engine/types";
import { type Key, plural, t } from "../../i18n/i18n";
import { leads, yourself } from "./actions";
import { nameOf } from "./Tile";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly onClose: () => void;
  readonly onEnd: () => void;
  readonly act: (done: Promise<void>) => void;
}

const SEARCH_FROM = 6; // people

export function People({ meeting, state, onClose, onEnd, act }: Props) {
  const [search, setSearch] = useState("");
  const you = yourself(state);
  const leading = leads(you);
  const wanted = search.trim().toLocaleLowerCase();
  const found = state.people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  // Raised hands first, in their order.
  const ordered = [...found].sort((a, b) => (a.hand || Number.MAX_SAFE_INTEGER) - (b.hand || Number.MAX_SAFE_INTEGER));
  return (
    <aside className="panel" aria-label={t("people.title")}>
      <header className="row">
        <h2 className="grow">{plural("meeting.people", state.people.length)}</h2>
        <IconButton icon={X} label={t("control.close")} onPress={onClose} />
      </header>
      {state.people.length >= SEARCH_FROM && (
        <input
          type="search"
          value={search}
          aria-label={t("people.search")}
          placeholder={t("people.search")}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lines" aria-label={t("people.title")} tabIndex={0}>
        {leading && state.waiting.length > 0 && <Waiting meeting={meeting} state={state} act={act} />}
        <ul className="people">
          {ordered.map((person) => (
            <PersonLine
              key={person.id}
              person={person}
              meeting={meeting}
              act={act}
              leads={leading}
              host={you?.role === "host"}
            />
          ))}
        </ul>
        {ordered.length === 0 && (
          <p className="soft" role="status">
            {t("people.nobody", { search })}
          </p>
        )}
      </section>
      {leading && <RoomActions meeting={meeting} state={state} act={act} host={you?.role === "host"} onEnd={onEnd} />}
    </aside>
  );
}

type Acting = Pick<Props, "meeting" | "act">;

function Waiting({ meeting, state, act }: Omit<Props, "onClose" | "onEnd">) {
  return (
    <section aria-label={t("people.lobby")}>
      <div className="row">
        <h3>{t("people.lobby")}</h3>
        <button type="button" className="button" onClick={() => act(meeting.admit([], true))}>
          {t("people.admitAll")}
        </button>
      </div>
      <ul className="people">
        {state.waiting.map(({ id, name }) => (
          <li key={id} className="row">
            <bdi className="grow">{name}</bdi>
            <button type="button" className="button primary" onClick={() => act(meeting.admit([id], true))}>
              {t("people.admit")}
            </button>
            <button type="button" className="button" onClick={() => act(meeting.admit([id], false))}>
              {t("people.refuse")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LineProps extends Acting {
  readonly person: Person;
  readonly leads: boolean;
  readonly host: boolean;
}

function PersonLine({ person, meeting, act, leads: leading, host }: LineProps) {
  const role: Key | null =
    person.role === "host" ? "people.host" : person.role === "moderator" ? "people.moderator" : null;
  const microphone = person.tracks.find(({ kind }) => kind === "microphone");
  return (
    <li>
      <div className="row">
        <span className="grow person-name">
          <bdi>{nameOf(person)}</bdi>
          {role && <span className="soft">{t(role)}</span>}
        </span>
        {person.hand > 0 && (
          <span className="hand">
            <Hand size={16} aria-hidden="true" /> {t("meeting.hand", { place: person.hand })}
          </span>
        )}
        {person.recording && <CircleDot size={16} role="img" aria-label={t("meeting.records")} />}
        {!person.connected && <WifiOff size={16} role="img" aria-label={t("meeting.away")} />}
        {person.connection.quality === "weak" && <SignalLow size={16} role="img" aria-label={t("meeting.weak")} />}
        {(microphone?.muted ?? true) && <MicOff size={16} role="img" aria-label={t("meeting.muted")} />}
        {!person.you && (
          <>
            <VolumeOf person={person} meeting={meeting} />
            {leading && <PersonActions person={person} meeting={meeting} act={act} host={host} />}
          </>
        )}
      </div>
    </li>
  );
}

function VolumeOf({ person, meeting }: { readonly person: Person; readonly meeting: Meeting }) {
  const volume = meeting.volume(person.id);
  const [shown, setShown] = useState(volume);
  return (
    <DialogTrigger>
      <Button className="button icon" aria-label={t("people.volume", { name: person.name })}>
        <Volume2 size={18} aria-hidden="true" />
      </Button>
      <Popover className="popover">
        <Dialog className="volume" aria-label={t("people.volume", { name: person.name })}>
          <label>
            {t("people.volume", { name: person.name })}
            <input
              type="range"
              min={0}
              max={200}
              step={10}
              value={shown * 100}
              aria-valuetext={`${Math.round(shown * 100)} %`}
              onChange={(event) => {
                setShown(event.target.valueAsNumber / 100);
                meeting.setVolume(person.id, event.target.valueAsNumber / 100);
              }}
            />
          </label>
          <span className="numbers">{Math.round(shown * 100)} %</span>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function PersonActions({ person, meeting, act, host }: Omit<LineProps, "leads">) {
  const { id, role, hand, tracks } = person;
  const running = (kind: string) => tracks.find((track) => track.kind === kind && !track.muted);
  const screen = running("screen");
  const actions: [Key, () => Promise<void>][] = [
    running("microphone")
      ? ["people.mute", () => meeting.mute(id, "microphone")]
      : ["people.askUnmute", () => meeting.askToUnmute(id, "microphone")],
    running("camera")
      ? ["people.stopCamera", () => meeting.mute(id, "camera")]
      : ["people.askCamera", () => meeting.askToUnmute(id, "camera")],
  ];
  if (screen) actions.push(["people.stopScreen", () => meeting.stopTrack(screen.id)]);
  if (hand > 0) actions.push(["people.lowerHand", () => meeting.lowerHand(id)]);
  if (host && role === "guest") actions.push(["people.makeModerator", () => meeting.setRole(id, "moderator")]);
  if (host && role === "moderator") actions.push(["people.makeGuest", () => meeting.setRole(id, "guest")]);
  if (host) actions.push(["people.handOver", () => meeting.setRole(id, "host")]);
  actions.push(["people.remove", () => meeting.remove(id, false)], ["people.ban", () => meeting.remove(id, true)]);
  return (
    <MenuTrigger>
      <Button className="button icon" aria-label={t("people.actions", { name: person.name })}>
        <Ellipsis size={18} aria-hidden="true" />
      </Button>
      <Popover className="popover">
        <Menu
          className="menu"
          onAction={(key) => {
            const run = actions.find(([words]) => words === key)?.[1];
            if (run) act(run());
          }}
        >
          {actions.map(([words]) => (
            <MenuItem key={words} id={words} className="menu-item">
              {t(words)}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function RoomActions({ meeting, state, act, host, onEnd }: Omit<Props, "onClose"> & { readonly host: boolean }) {
  const { locked, lobby } = state.room;
  return (
    <section className="room-actions" aria-label={t("people.room")}>
      <label className="row">
        <input type="checkbox" checked={locked} onChange={() => act(meeting.setLocked(!locked))} /> {t("people.lock")}
      </label>
      <label className="row">
        <input type="checkbox" checked={lobby} onChange={() => act(meeting.setLobby(!lobby))} /> {t("people.useLobby")}
      </label>
      <div className="row">
        <button type="button" className="button grow" onClick={() => act(meeting.mute("", "microphone"))}>
          {t("people.muteAll")}
        </button>
        {host && (
          <button type="button" className="button bad grow" onClick={onEnd}>
            {t("people.end")}
          </button>
        )}
      </div>
    </section>
  );
}
