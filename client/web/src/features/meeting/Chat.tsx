// What is written, oldest first, and the field to write in.
import { Reply, SendHorizontal, SmilePlus, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { IconButton } from "../../design/controls";
import type { ChatLine, Meeting, MeetingState } from "../../engine/types";
import { t, timeOfDay } from "../../i18n/i18n";
import { partsOf } from "./links";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly onClose: () => void;
  readonly act: (done: Promise<void>) => void;
}

const MOST_CHARACTERS = 8000;
const REACTIONS = ["👍", "❤️", "😂", "🎉", "✅"];
const NEAR_END = 80; // CSS pixels: whoever reads further up is not torn away
const TOGETHER_MS = 5 * 60_000; // lines of one person within this time have one heading

export function Chat({ meeting, state, onClose, act }: Props) {
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const [answered, setAnswered] = useState<ChatLine | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const others = state.people.filter(({ you }) => !you);
  const receiver = others.some(({ id }) => id === to) ? to : "";
  const lines = useAtEnd(state.chat.at(-1)?.id);

  const send = () => {
    if (text.trim() === "") return;
    act(meeting.sendChat(text.trim(), receiver, answered?.id ?? ""));
    setText("");
    setAnswered(null);
  };
  const answer = (line: ChatLine) => {
    setAnswered(line);
    // A private line is answered in private.
    setTo(line.to === "" ? "" : line.to === state.you ? line.from : line.to);
    field.current?.focus();
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape" && answered) {
      event.stopPropagation();
      setAnswered(null);
    }
  };
  return (
    <aside className="panel" aria-label={t("chat.title")}>
      <header className="row">
        <h2 className="grow">{t("chat.title")}</h2>
        <IconButton icon={X} label={t("control.close")} onPress={onClose} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div ref={lines} className="lines" role="log" aria-label={t("chat.messages")} tabIndex={0}>
        {!state.chatComplete && <p className="soft">{t("chat.loading")}</p>}
        {state.chat.length === 0 && state.chatComplete && <p className="soft">{t("chat.empty")}</p>}
        {state.chat.map((line, at) => (
          <Line
            key={line.id}
            line={line}
            headed={!isContinued(state.chat[at - 1], line)}
            state={state}
            meeting={meeting}
            act={act}
            onAnswer={() => answer(line)}
          />
        ))}
      </div>
      <form
        className="writing"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          send();
        }}
      >
        {answered && (
          <div className="row quote">
            <p className="grow one-line">
              {t("chat.answering", { name: answered.fromName })} <bdi>{answered.text}</bdi>
            </p>
            <IconButton icon={X} label={t("chat.noAnswer")} onPress={() => setAnswered(null)} />
          </div>
        )}
        <label className="row soft">
          {t("chat.to")}
          <select className="grow" value={receiver} onChange={(event) => setTo(event.target.value)}>
            <option value="">{t("chat.everybody")}</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {t("chat.only", { name })}
              </option>
            ))}
          </select>
        </label>
        <div className="row">
          <textarea
            ref={field}
            className="grow"
            rows={2}
            value={text}
            maxLength={MOST_CHARACTERS}
            // biome-ignore lint/a11y/noAutofocus: the panel was opened to write
            autoFocus
            dir="auto"
            aria-label={t("chat.write")}
            placeholder={t("chat.write")}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={keyed}
          />
          <button
            type="submit"
            className="button primary icon"
            disabled={text.trim() === ""}
            aria-label={t("chat.send")}
          >
            <SendHorizontal size={18} aria-hidden="true" />
          </button>
        </div>
      </form>
    </aside>
  );
}

interface LineProps extends Pick<Props, "meeting" | "state" | "act"> {
  readonly line: ChatLine;
  readonly headed: boolean;
  readonly onAnswer: () => void;
}

function Line({ line, headed, state, meeting, act, onAnswer }: LineProps) {
  const answered = line.replyTo === "" ? null : state.chat.find(({ id }) => id === line.replyTo);
  const receiver = state.people.find(({ id }) => id === line.to)?.name ?? "";
  return (
    <article className="line">
      {headed && (
        <p className="soft line-head">
          <strong>
            <bdi>{line.fromName}</bdi>
          </strong>{" "}
          <time className="numbers" dateTime={new Date(line.sentAt).toISOString()}>
            {timeOfDay(line.sentAt)}
          </time>
          {line.to !== "" && <> · {t("chat.private", { name: receiver })}</>}
        </p>
      )}
      {answered !== null && (
        <p className="quote one-line">
          {answered ? (
            <>
              <bdi>{answered.fromName}</bdi>: <bdi>{answered.text}</bdi>
            </>
          ) : (
            t("chat.answeredGone")
          )}
        </p>
      )}
      <p className="said" dir="auto">
        {line.state === "unreadable" ? t("chat.unreadable") : <Said text={line.text} />}
      </p>
      {line.state === "sending" && <p className="soft">{t("chat.sending")}</p>}
      {line.state === "failed" && (
        <p className="row bad">
          {t("chat.failed")}
          <button type="button" className="button" onClick={() => act(meeting.sendChatAgain(line.id))}>
            {t("chat.again")}
          </button>
          <button type="button" className="button" onClick={() => meeting.dropChat(line.id)}>
            {t("chat.drop")}
          </button>
        </p>
      )}
      {line.state === "said" && <LineReactions line={line} state={state} meeting={meeting} act={act} />}
      {line.state === "said" && (
        <div className="line-actions">
          <IconButton icon={Reply} label={t("chat.answer", { name: line.fromName })} onPress={onAnswer} />
          <DialogTrigger>
            <Button className="button icon" aria-label={t("chat.react", { name: line.fromName })}>
              <SmilePlus size={18} aria-hidden="true" />
            </Button>
            <Popover className="popover">
              <Dialog className="reactions" aria-label={t("chat.react", { name: line.fromName })}>
                {REACTIONS.map((reaction) => (
                  <Button
                    key={reaction}
                    slot="close"
                    className="button reaction"
                    onPress={() => act(meeting.reactToChat(line.id, reaction, false))}
                  >
                    {reaction}
                  </Button>
                ))}
              </Dialog>
            </Popover>
          </DialogTrigger>
        </div>
      )}
    </article>
  );
}

// Each emoji once, with how many; one's own is taken back by pressing it.
function LineReactions({ line, state, meeting, act }: Omit<LineProps, "headed" | "onAnswer">) {
  const emojis = [...new Set(line.reactions.map(({ reaction }) => reaction))];
  if (emojis.length === 0) return null;
  return (
    <div className="line-reactions">
      {emojis.map((emoji) => {
        const by = line.reactions.filter(({ reaction }) => reaction === emoji);
        const own = by.some(({ person }) => person === state.you);
        return (
          <button
            key={emoji}
            type="button"
            className="button"
            aria-pressed={own}
            title={by.map(({ name }) => name).join(", ")}
            aria-label={t("chat.reactedBy", { emoji, count: by.length, names: by.map(({ name }) => name).join(", ") })}
            onClick={() => act(meeting.reactToChat(line.id, emoji, own))}
          >
            {emoji} <span className="numbers">{by.length}</span>
          </button>
        );
      })}
    </div>
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

function isContinued(before: ChatLine | undefined, line: ChatLine): boolean {
  if (!before) return false;
  return before.from === line.from && before.to === line.to && line.sentAt - before.sentAt < TOGETHER_MS;
}

// Each new line is scrolled to, unless somebody reads further up.
function useAtEnd(newest: string | undefined): React.RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const scrolled = () => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    };
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => element.removeEventListener("scroll", scrolled);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is scrolled to
  useEffect(() => {
    if (atEnd.current) place.current?.scrollTo({ top: place.current.scrollHeight });
  }, [newest]);
  return place;
}
