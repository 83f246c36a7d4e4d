// Small dialogs of the meeting: a question before something that cannot be taken back, and what each key does.
import { Box } from "../../design/controls";
import { t } from "../../i18n/i18n";
import type { Shortcut } from "./useKeys";

interface AskProps {
  readonly title: string;
  readonly words: string;
  readonly yes: string;
  readonly bad?: boolean;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onYes: () => void;
}

export function Ask({ title, words, yes, bad = false, open, onClose, onYes }: AskProps) {
  return (
    <Box title={title} open={open} onClose={onClose}>
      <p>{words}</p>
      <div className="row answers">
        <button type="button" className="button" onClick={onClose}>
          {t("control.cancel")}
        </button>
        <button
          type="button"
          className={`button ${bad ? "danger" : "primary"}`}
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {yes}
        </button>
      </div>
    </Box>
  );
}

interface ShortcutsProps {
  readonly shortcuts: readonly Shortcut[];
  readonly open: boolean;
  readonly onClose: () => void;
}

export function Shortcuts({ shortcuts, open, onClose }: ShortcutsProps) {
  return (
    <Box title={t("control.keys")} open={open} onClose={onClose}>
      <dl className="keys">
        {shortcuts.map(({ key, shown, words }) => (
          <div key={key}>
            <dt>
              <kbd>{shown}</kbd>
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>{t("keys.spaceBar")}</kbd>
          </dt>
          <dd>{t("keys.talk")}</dd>
        </div>
      </dl>
    </Box>
  );
}
