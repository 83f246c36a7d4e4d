// A clock that runs on when the page is hidden, where a page's own timers nearly stop.
self.onmessage = (event: MessageEvent<number>) => {
  setInterval(() => self.postMessage(null), event.data);
};
