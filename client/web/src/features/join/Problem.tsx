// Why there is no meeting, what it means, and what to do.
import { useEffect, useRef } from "react";
import { isKey, t } from "../../i18n/i18n";

interface Props {
  readonly code: string;
  readonly message: string;
  readonly onAgain: () => void;
}

// Trying again changes nothing about these.
const FINAL = new Set(["banned", "room-unknown", "room-closed", "link-invalid", "link-incomplete", "browser-too-old"]);

export function Problem({ code, message, onAgain }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const title = `problem.${code}`;
  const help = `${title}.help`;
  const known = isKey(title) && isKey(help);
  return (
    <main className="screen">
      <h1 ref={heading} tabIndex={-1}>
        {known ? t(title) : t("problem.other")}
      </h1>
      <p>{known ? t(help, { missing: message }) : t("problem.other.help", { message })}</p>
      {!FINAL.has(code) && (
        <button type="button" className="button primary" onClick={onAgain}>
          {t("problem.again")}
        </button>
      )}
      <p className="soft">{t("problem.code", { code })}</p>
    </main>
  );
}
