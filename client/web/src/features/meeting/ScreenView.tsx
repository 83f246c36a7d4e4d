// A shared screen that can be looked at closely: enlarged by buttons or keys, moved by scrolling.
import { Minus, Plus, Scan } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { IconButton } from "../../design/controls";
import { number, t } from "../../i18n/i18n";

const STEPS = [1, 1.25, 1.5, 2, 3, 4];

export function ScreenView({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const [step, setStep] = useState(0);
  const zoom = STEPS[step] ?? 1;
  const larger = () => setStep((before) => Math.min(STEPS.length - 1, before + 1));
  const smaller = () => setStep((before) => Math.max(0, before - 1));
  const whole = () => setStep(0);
  const keyed = (event: KeyboardEvent) => {
    const actions: Record<string, () => void> = { "+": larger, "=": larger, "-": smaller, "0": whole };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  };
  const place = useRef<HTMLElement>(null);
  // React listens without the right to keep the browser from enlarging the whole page.
  useEffect(() => {
    const element = place.current;
    const wheeled = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      setStep((before) => Math.min(STEPS.length - 1, Math.max(0, before - Math.sign(event.deltaY))));
    };
    element?.addEventListener("wheel", wheeled, { passive: false });
    return () => element?.removeEventListener("wheel", wheeled);
  }, []);
  return (
    <>
      <section
        ref={place}
        className="zoom"
        aria-label={t("screen.zoomed", { name: label })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        style={{ "--zoom": zoom } as CSSProperties}
        onKeyDown={keyed}
      >
        <div className="zoomed">{children}</div>
      </section>
      <div className="row zoom-buttons">
        <IconButton
          className="tile-button"
          icon={Minus}
          label={t("screen.smaller")}
          disabled={step === 0}
          onPress={smaller}
        />
        <span className="numbers" role="status">
          {number(zoom * 100)} %
        </span>
        <IconButton
          className="tile-button"
          icon={Plus}
          label={t("screen.larger")}
          disabled={step === STEPS.length - 1}
          onPress={larger}
        />
        <IconButton
          className="tile-button"
          icon={Scan}
          label={t("screen.whole")}
          disabled={step === 0}
          onPress={whole}
        />
      </div>
    </>
  );
}
