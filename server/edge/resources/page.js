// Copy and print: buttons that stay hidden where there is no script.
"use strict";

async function copyText(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without permission, or over plain HTTP: what is selected can be copied by key.
    if (source) getSelection().selectAllChildren(source);
    return false;
  }
}

function showCopied(button) {
  const label = button.firstChild;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => (label.textContent = before), 2000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    if (await copyText(source.textContent, source)) showCopied(button);
  });
}

// What an article gives to copy stands in blocks of its own.
const article = document.querySelector("[data-copy-word]");
for (const block of article?.querySelectorAll("pre") ?? []) {
  const { copyWord, copiedWord } = article.dataset;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: copyWord });
  button.dataset.copied = copiedWord;
  button.addEventListener("click", async () => {
    if (await copyText(block.textContent, block)) showCopied(button);
  });
  const frame = Object.assign(document.createElement("div"), { className: "copyable" });
  block.replaceWith(frame);
  frame.append(button, block);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Paper shows what a reader would have to open.
const opened = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    opened.push(details);
  }
});
addEventListener("afterprint", () => {
  for (const details of opened.splice(0)) details.open = false;
});
