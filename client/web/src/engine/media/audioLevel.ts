// Loudness as the object header carries it, and whether somebody speaks. As media/audio_level.hpp.

export const SILENCE = 127; // -dBov

// RFC 6464: the root mean square of samples in -1…1, in -dBov; 0 the loudest, 127 digital silence.
export function audioLevel(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms <= 0) return SILENCE;
  return Math.min(SILENCE, Math.max(0, Math.round(-20 * Math.log10(rms))));
}

// 0…1 for meters: 0 at -60 dBov and below.
export function meterOf(level: number): number {
  return Math.max(0, Math.min(1, (60 - level) / 60));
}

export class VoiceActivity {
  private noise = 75; // -dBov; a quiet room
  private hangover = 0; // blocks

  // The level of one block of 20 ms; true while somebody speaks.
  update(level: number): boolean {
    const loud = level <= VoiceActivity.THRESHOLD && level + VoiceActivity.ABOVE_NOISE <= this.noise;
    // It falls to a quieter room at once, and rises by 1 dB in half a second.
    if (level > this.noise) this.noise = level;
    else this.noise -= loud ? 0.004 : 0.04;
    if (loud) this.hangover = VoiceActivity.HANGOVER_BLOCKS;
    else if (this.hangover > 0) this.hangover -= 1;
    return loud || this.hangover > 0;
  }

  private static readonly THRESHOLD = 55; // speech lies at 20 to 45
  private static readonly ABOVE_NOISE = 9; // dB
  private static readonly HANGOVER_BLOCKS = 20;
}
