// How the connection is, in a sentence, in plots and in figures.
import { ClipboardCopy, X } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "../../design/controls";
import type { Meeting, MeetingState, StreamStatistics, TrackKind } from "../../engine/types";
import { type Key, number, t } from "../../i18n/i18n";
import { grown, type History, keyOf, pointsOf } from "./history";
import { verdictOf } from "./verdict";

interface Props {
  readonly meeting: Meeting;
  readonly state: MeetingState;
  readonly onClose: () => void;
}

const WIDTH = 240;
const HEIGHT = 36;

const KINDS: Record<TrackKind, Key> = {
  microphone: "join.microphone",
  camera: "join.camera",
  screen: "statistics.screen",
  "screen-audio": "statistics.screenAudio",
};

export function Statistics({ meeting, state, onClose }: Props) {
  const [history, setHistory] = useState<History | null>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => meeting.onStatistics((statistics) => setHistory((before) => grown(before, statistics))), [meeting]);
  const copy = () =>
    void navigator.clipboard.writeText(JSON.stringify(history?.latest, null, 2)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <aside className="panel" aria-label={t("control.statistics")}>
      <header className="row">
        <h2 className="grow">{t("control.statistics")}</h2>
        <IconButton icon={X} label={t("control.close")} onPress={onClose} />
      </header>
      {history ? <Figures history={history} state={state} /> : <p role="status">{t("statistics.waiting")}</p>}
      <button type="button" className="button row" disabled={!history} onClick={copy}>
        <ClipboardCopy size={18} aria-hidden="true" />
        {t(copied ? "statistics.copied" : "statistics.copy")}
      </button>
      <span className="unseen" role="status">
        {copied && t("statistics.copied")}
      </span>
    </aside>
  );
}

function Figures({ history, state }: { readonly history: History; readonly state: MeetingState }) {
  const { latest, roundTrip, backlog, bitrates } = history;
  const verdict = verdictOf(latest, state);
  const persons = [...new Set(latest.streams.map(({ person }) => person))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="lines" aria-label={t("control.statistics")} tabIndex={0}>
      <p className={`verdict ${verdict.state}`}>{t(verdict.words, verdict.values)}</p>
      <dl className="figures">
        <dt>{t("statistics.route")}</dt>
        <dd className="route">{latest.route}</dd>
        <dt>{t("statistics.cpu")}</dt>
        <dd>{t(`cpu.${latest.cpu}`)}</dd>
      </dl>
      <Plot title={t("statistics.roundTrip")} values={roundTrip} least={100} format={milliseconds} />
      <Plot title={t("statistics.backlog")} values={backlog} least={100} format={milliseconds} />
      {persons.map((person) => (
        <section key={person} className="streams">
          <h3>
            <bdi>{state.people.find(({ id }) => id === person)?.name ?? ""}</bdi>
          </h3>
          {latest.streams
            .filter((stream) => stream.person === person)
            .map((stream) => (
              <Stream key={keyOf(stream)} stream={stream} bitrates={bitrates.get(keyOf(stream)) ?? []} />
            ))}
        </section>
      ))}
    </section>
  );
}

function Stream({ stream, bitrates }: { readonly stream: StreamStatistics; readonly bitrates: readonly number[] }) {
  const { direction, frameRate, width, height, lost, jitterMs, playoutDelayMs, layer } = stream;
  const kind = t(KINDS[stream.kind]);
  const sound = width === 0;
  const facts: [Key, string][] = [
    [sound ? "statistics.packets" : "statistics.frames", `${number(frameRate)}/s`],
    [direction === "sent" ? "statistics.skipped" : "statistics.lost", `${number(lost * 100, 1)} %`],
  ];
  if (!sound) facts.unshift(["statistics.layer", `${width}×${height} (${layer})`]);
  if (direction === "received" && sound) {
    facts.push(["statistics.jitter", milliseconds(jitterMs)], ["statistics.delay", milliseconds(playoutDelayMs)]);
  }
  return (
    <div className="stream">
      <Plot
        title={t(direction === "sent" ? "statistics.sent" : "statistics.received", { kind })}
        values={bitrates}
        least={50_000}
        format={bitrate}
      />
      <dl className="figures">
        {facts.map(([words, value]) => (
          <div key={words} className="fact">
            <dt>{t(words)}</dt>
            <dd className="numbers">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface PlotProps {
  readonly title: string;
  readonly values: readonly number[];
  readonly least: number; // the scale reaches so far at least, so that noise does not look like trouble
  readonly format: (value: number) => string;
}

function Plot({ title, values, least, format }: PlotProps) {
  const most = Math.max(least, ...values);
  const now = format(values.at(-1) ?? 0);
  const points = pointsOf(values, most, WIDTH, HEIGHT);
  return (
    <figure className="plot" aria-label={`${title}: ${now}`}>
      <figcaption className="row" aria-hidden="true">
        <span className="grow">{title}</span>
        <strong className="numbers">{now}</strong>
        <span className="soft numbers">{t("statistics.most", { value: format(most) })}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <polyline points={points} />
      </svg>
    </figure>
  );
}

function milliseconds(value: number): string {
  return `${number(value)} ms`;
}

function bitrate(value: number): string {
  return value >= 1_000_000 ? `${number(value / 1_000_000, 1)} Mbit/s` : `${number(value / 1000)} kbit/s`;
}
