// A voice that everybody knows beforehand: noise of a voice's band that repeats, with clicks in it. Whoever hears it can
// say which voice it is and, by the clicks, how long the sound was on its way.

export const SAMPLE_RATE = 48_000;
export const CLICK_EVERY_MS = 500;
const STEP = 6; // correlation is done at 8 kHz
const MOST_STRETCH = 0.025;
const SPEED_STEP = 0.0025;
const PERIOD = SAMPLE_RATE; // samples until the noise repeats
const WINDOW = SAMPLE_RATE / 10; // samples that are recognised at a time
const NOISE_PEAK = 0.15;
export const CLICK_PEAK = 0.8;
export const CLICK_SAMPLES = 240;
const CLICK_HZ = 1000;

// One period; another voice for each number.
export function knownNoise(voice: number): Float32Array {
  let seed = (voice + 1) * 2654435761;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  const white = Float32Array.from({ length: PERIOD }, random);
  // About 300…1500 Hz. Twice around, so that the end goes on as the beginning.
  const noise = new Float32Array(PERIOD);
  let low = 0;
  let lower = 0;
  let slow = 0;
  for (let i = 0; i < 2 * PERIOD; ++i) {
    low += ((white[i % PERIOD] ?? 0) - low) * 0.18;
    lower += (low - lower) * 0.18;
    slow += (lower - slow) * 0.04;
    noise[i % PERIOD] = lower - slow;
  }
  const peak = noise.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return noise.map((value) => (value / peak) * NOISE_PEAK);
}

export function click(): Float32Array {
  return Float32Array.from({ length: CLICK_SAMPLES }, (_, i) => {
    return CLICK_PEAK * Math.sin((2 * Math.PI * CLICK_HZ * i) / SAMPLE_RATE);
  });
}

// How well the latest sound that was heard is this voice: 0…1, over all delays and all speeds at which a receiver plays
// to keep its delay.
export function likeness(heard: Float32Array, voice: number): number {
  const known = thinned(knownNoise(voice));
  const thin = thinned(withoutClicks(heard.subarray(-2 * WINDOW)));
  let best = 0;
  for (let speed = 1 - MOST_STRETCH; speed <= 1 + MOST_STRETCH; speed += SPEED_STEP) {
    best = Math.max(best, correlation(atSpeed(thin, speed, WINDOW / STEP), known));
  }
  return best;
}

function withoutClicks(heard: Float32Array): Float32Array {
  const MARGIN = 60; // samples: what coding smears
  const quiet = heard.slice();
  for (let i = 0; i < heard.length; ++i) {
    if (Math.abs(heard[i] ?? 0) > CLICK_PEAK / 2) quiet.fill(0, Math.max(0, i - MARGIN), i + MARGIN);
  }
  return quiet;
}

function correlation(window: Float32Array, known: Float32Array): number {
  const energy = window.reduce((sum, value) => sum + value * value, 0);
  if (energy === 0) return 0;
  const twice = new Float32Array(known.length + window.length);
  twice.set(known);
  twice.set(known.subarray(0, window.length), known.length);
  let best = 0;
  for (let lag = 0; lag < known.length; ++lag) {
    let product = 0;
    let power = 0;
    for (let i = 0; i < window.length; ++i) {
      const value = twice[lag + i] as number;
      product += (window[i] as number) * value;
      power += value * value;
    }
    best = Math.max(best, product ** 2 / (power * energy));
  }
  return Math.sqrt(best);
}

function atSpeed(samples: Float32Array, speed: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const at = i / speed;
    const before = Math.floor(at);
    const [a, b] = [samples[before] ?? 0, samples[before + 1] ?? 0];
    return a + (b - a) * (at - before);
  });
}

// The band ends far below half the lower rate.
function thinned(samples: Float32Array): Float32Array {
  const thin = new Float32Array(Math.floor(samples.length / STEP));
  for (let i = 0; i < thin.length; ++i) {
    let sum = 0;
    for (let k = 0; k < STEP; ++k) sum += samples[STEP * i + k] ?? 0;
    thin[i] = sum / STEP;
  }
  return thin;
}
