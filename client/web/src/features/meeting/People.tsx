// Who is here, who waits, and what the host and moderators can do.
import { X } from "lucide-react";
import { useState } from "react";
import type { Meeting, MeetingState, Person } from "../../engine/types";
import { type Key, plural, t } from "../../i18n/i18n";
import { nameOf } from "./Tile";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly onClose: () => void;
  readonly act: (done: Promise<void>) => void;
}

export function People({ meeting, state, onClose, act }: Props) {
  const [search, setSearch] = useState("");
  const you = state.people.find((person) => person.you);
  const leads = you?.role === "host" || you?.role === "moderator";
  const wanted = search.trim().toLocaleLowerCase();
  const found = state.people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  // Raised hands first, in their order.
  const ordered = [...found].sort((a, b) => (a.hand || Number.MAX_SAFE_INTEGER) - (b.hand || Number.MAX_SAFE_INTEGER));
  return (
    <aside className="panel" aria-label={t("people.title")}>
      <header className="row">
        <h2>{plural("meeting.people", state.people.length)}</h2>
        <button type="button" className="button" aria-label={t("control.close")} onClick={onClose}>
          <X aria-hidden="true" />
        </button>
      </header>
      <div className="lines">
        {leads && state.waiting.length > 0 && <Waiting meeting={meeting} state={state} act={act} />}
        <input
          type="search"
          value={search}
          aria-label={t("people.search")}
          placeholder={t("people.search")}
          onChange={(event) => setSearch(event.target.value)}
        />
        <ul className="people">
          {ordered.map((person) => (
            <PersonLine
              key={person.id}
              person={person}
              meeting={meeting}
              act={act}
              leads={leads}
              host={you?.role === "host"}
            />
          ))}
        </ul>
        {leads && <RoomActions meeting={meeting} state={state} act={act} host={you?.role === "host"} />}
      </div>
    </aside>
  );
}

type Acting = Pick<Props, "meeting" | "act">;

function Waiting({ meeting, state, act }: Omit<Props, "onClose">) {
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

function PersonLine({ person, meeting, act, leads, host }: LineProps) {
  const [volume, setVolume] = useState(1);
  const role: Key | null =
    person.role === "host" ? "people.host" : person.role === "moderator" ? "people.moderator" : null;
  return (
    <li>
      <div className="row">
        <bdi className="grow">{nameOf(person)}</bdi>
        {role && <span className="soft">{t(role)}</span>}
        {person.hand > 0 && <span className="soft">{t("meeting.hand", { place: person.hand })}</span>}
      </div>
      {!person.you && (
        <input
          type="range"
          min={0}
          max={2}
          step={0.1}
          value={volume}
          aria-label={t("people.volume", { name: person.name })}
          onChange={(event) => {
            setVolume(event.target.valueAsNumber);
            meeting.setVolume(person.id, event.target.valueAsNumber);
          }}
        />
      )}
      {leads && !person.you && <PersonActions person={person} meeting={meeting} act={act} host={host} />}
    </li>
  );
}

function PersonActions({ person, meeting, act, host }: Omit<LineProps, "leads">) {
  const { id, role, hand } = person;
  const speaks = person.tracks.some(({ kind, muted }) => kind === "microphone" && !muted);
  const actions: [Key, () => Promise<void>][] = [
    speaks
      ? ["people.mute", () => meeting.mute(id, "microphone")]
      : ["people.askUnmute", () => meeting.askToUnmute(id, "microphone")],
  ];
  if (hand > 0) actions.push(["people.lowerHand", () => meeting.lowerHand(id)]);
  if (host && role === "guest") actions.push(["people.makeModerator", () => meeting.setRole(id, "moderator")]);
  if (host && role === "moderator") actions.push(["people.makeGuest", () => meeting.setRole(id, "guest")]);
  if (host) actions.push(["people.handOver", () => meeting.setRole(id, "host")]);
  actions.push(["people.remove", () => meeting.remove(id, false)], ["people.ban", () => meeting.remove(id, true)]);
  return (
    <details>
      <summary>{t("people.actions", { name: person.name })}</summary>
      <div className="actions">
        {actions.map(([words, run]) => (
          <button key={words} type="button" className="button" onClick={() => act(run())}>
            {t(words)}
          </button>
        ))}
      </div>
    </details>
  );
}

function RoomActions({ meeting, state, act, host }: Omit<Props, "onClose"> & { readonly host: boolean }) {
  const { locked, lobby } = state.room;
  return (
    <section className="actions">
      <label className="row">
        <input type="checkbox" checked={locked} onChange={() => act(meeting.setLocked(!locked))} /> {t("people.lock")}
      </label>
      <label className="row">
        <input type="checkbox" checked={lobby} onChange={() => act(meeting.setLobby(!lobby))} /> {t("people.useLobby")}
      </label>
      <button type="button" className="button" onClick={() => act(meeting.mute("", "microphone"))}>
        {t("people.muteAll")}
      </button>
      {host && (
        <button
          type="button"
          className="button bad"
          onClick={() => {
            if (window.confirm(t("people.endSure"))) act(meeting.closeRoom());
          }}
        >
          {t("people.end")}
        </button>
      )}
    </section>
  );
}
