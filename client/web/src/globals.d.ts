// What vite.config.ts puts in place of it: the release that this page is of.
declare const __VISTIME_RELEASE__: string;
