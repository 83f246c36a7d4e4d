// What is written, oldest first, and the field to write in.
import { X } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { ChatLine, Meeting, MeetingState } from "../../engine/types";
import { t } from "../../i18n/i18n";
import { partsOf } from "./links";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly onClose: () => void;
  readonly act: (done: Promise<void>) => void;
}

export function Chat({ meeting, state, onClose, act }: Props) {
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const others = state.people.filter(({ you }) => !you);
  const receiver = others.some(({ id }) => id === to) ? to : "";
  const newest = state.chat.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is scrolled to
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [newest]);

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    act(meeting.sendChat(text.trim(), receiver));
    setText("");
  };
  return (
    <aside className="panel" aria-label={t("chat.title")}>
      <header className="row">
        <h2>{t("chat.title")}</h2>
        <button type="button" className="button" aria-label={t("control.close")} onClick={onClose}>
          <X aria-hidden="true" />
        </button>
      </header>
      <div className="lines" role="log" aria-label={t("chat.title")}>
        {state.chat.length === 0 && <p className="soft">{t("chat.empty")}</p>}
        {state.chat.map((line) => (
          <Line key={line.id} line={line} state={state} />
        ))}
        <div ref={end} />
      </div>
      <form className="writing" onSubmit={send}>
        <label className="field">
          {t("chat.to")}
          <select value={receiver} onChange={(event) => setTo(event.target.value)}>
            <option value="">{t("chat.everybody")}</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <div className="row">
          <input
            className="grow"
            value={text}
            maxLength={8000}
            // biome-ignore lint/a11y/noAutofocus: the panel was opened to write
            autoFocus
            aria-label={t("chat.write")}
            placeholder={t("chat.write")}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit" className="button primary" disabled={text.trim() === ""}>
            {t("chat.send")}
          </button>
        </div>
      </form>
    </aside>
  );
}

function Line({ line, state }: { readonly line: ChatLine; readonly state: MeetingState }) {
  const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(line.sentAt);
  const receiver = state.people.find(({ id }) => id === line.to)?.name ?? "";
  return (
    <article className="line">
      <p className="soft">
        <bdi>{line.fromName}</bdi> <time className="numbers">{time}</time>
        {line.to !== "" && <> · {t("chat.private", { name: receiver })}</>}
        {line.state === "sending" && <> · {t("chat.sending")}</>}
        {line.state === "failed" && <span className="bad"> · {t("chat.failed")}</span>}
      </p>
      <p className="said" dir="auto">
        {line.state === "unreadable" ? t("chat.unreadable") : <Said text={line.text} />}
      </p>
    </article>
  );
}

// Text is only ever text; what looks like an address of the web can be followed.
function Said({ text }: { readonly text: string }) {
  return partsOf(text).map(({ at, words, address }) =>
    address ? (
      <a key={at} href={address} target="_blank" rel="noopener noreferrer nofollow">
        {words}
      </a>
    ) : (
      <span key={at}>{words}</span>
    ),
  );
}
