// What several features are made of: dialogs, menus, icon buttons. Behaviour and focus come from react-aria-components.
import { type LucideIcon, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay, Tooltip, TooltipTrigger } from "react-aria-components";
import { t } from "../i18n/i18n";

interface IconButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly shortcut?: string;
  readonly className?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

export function IconButton({ icon: Icon, label, shortcut, className = "button icon", ...props }: IconButtonProps) {
  const { pressed, disabled = false, onPress } = props;
  return (
    <TooltipTrigger delay={500}>
      <Button
        className={className}
        aria-label={label}
        isDisabled={disabled}
        onPress={onPress}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      >
        <Icon size={18} aria-hidden="true" />
      </Button>
      <Hint label={label} shortcut={shortcut} />
    </TooltipTrigger>
  );
}

export function Hint({ label, shortcut }: { readonly label: string; readonly shortcut?: string | undefined }) {
  return (
    <Tooltip className="hint" offset={8}>
      {shortcut ? t("keys.hint", { what: label, key: shortcut }) : label}
    </Tooltip>
  );
}

interface BoxProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

// A dialog over the page: Escape and the cross close it, and the focus returns to where it was.
export function Box({ title, open, onClose, children }: BoxProps) {
  return (
    <ModalOverlay className="veil" isOpen={open} onOpenChange={(isOpen) => !isOpen && onClose()} isDismissable>
      <Modal className="box">
        <Dialog className="box-content">
          <header className="row">
            <Heading slot="title" className="grow box-title">
              {title}
            </Heading>
            <IconButton icon={X} label={t("control.close")} onPress={onClose} />
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
