/** What is known of a stage when the time left is asked for. */
export interface TimedStage {
  /** 0: unknown. */
  readonly expectedSeconds: number;
  readonly state: 'waiting' | 'running' | 'done';
  /** Of the stage that is done, 0–1, as it last said. */
  readonly share: number;
  /** The part of it that was done before, beside other stages. */
  readonly headStart: number;
  /** So far; of a stage that is done, in all. */
  readonly seconds: number;
  /** Of `seconds`, those since the share last grew. */
  readonly silentSeconds: number;
}

/** The smaller, the sooner a share is believed more than the plan; at the end it is alone. */
const tellingShare = 0.45;
/** Seconds from which a stage's pace says something of the machine's. */
const tellingSeconds = 0.3;
/** A plan is not wrong by more than this. */
const largestRatio = 30;

/**
 * Seconds left of a job: what is planned of stages that wait, and what remains of the running one, both at the pace of
 * this very run. The pace is what stages took in the place of what was expected of them; a plan is believed as much as
 * one stage. The running stage goes on as its share says, the more so the larger that is, and in the beginning as
 * planned. null while there is no ground for it: no plan, and no share.
 */
export function estimateSecondsLeft(stages: readonly TimedStage[]): number | null {
  // A plan as good as one stage.
  let weights = 1;
  let logs = 0;
  const learn = (seconds: number, expected: number, share: number): void => {
    if (!(seconds > 0) || !(expected > 0)) return;
    const ratio = Math.min(largestRatio, Math.max(1 / largestRatio, seconds / expected));
    // A stage that was neither expected to take long nor took long says nothing.
    const weight = share * (Math.max(seconds, expected) / (Math.max(seconds, expected) + tellingSeconds));
    weights += weight;
    logs += weight * Math.log(ratio);
  };
  let rest = 0;
  let waiting = 0;
  for (const stage of stages) if (stage.state === 'done') learn(stage.seconds, stage.expectedSeconds, 1);
  for (const { state, expectedSeconds, share, headStart, seconds, silentSeconds } of stages) {
    if (state === 'waiting') waiting += expectedSeconds;
    if (state !== 'running') continue;
    const planned = expectedSeconds * Math.exp(logs / weights);
    const known = seconds - silentSeconds;
    const grown = share - headStart;
    if (grown > 0 && known > 0) {
      const trust = grown / (grown + tellingShare * (1 - share));
      const whole = planned > 0 ? (known / grown) ** trust * planned ** (1 - trust) : known / grown;
      rest = whole * (1 - share);
      learn(whole, expectedSeconds, trust);
    } else if (planned > 0) rest = planned * (1 - share);
    else return null;
    // Time that passes without a word is part of the rest, as long as there is any.
    rest = rest > 0 ? rest ** 2 / (rest + silentSeconds) : 0;
  }
  return rest + waiting * Math.exp(logs / weights);
}

/** What is told stays within this ratio of what is estimated. */
const largestLag = 1.25;

/**
 * The time left as it is told: it falls, faster than the clock while less is left than was told, slower while more is,
 * so that both are 0 together. Only an estimate that is larger by a quarter makes it rise.
 */
export class Countdown {
  #told: number | undefined;
  #at = 0;

  /** @param at seconds, any clock; not less than before */
  tell(estimate: number, at: number): number {
    if (this.#told === undefined) this.#told = estimate;
    else if (estimate <= 0) this.#told = 0;
    else {
      const fallen = this.#told * Math.exp(-(at - this.#at) / estimate);
      this.#told = Math.min(largestLag * estimate, Math.max(fallen, estimate / largestLag));
    }
    this.#at = at;
    return this.#told;
  }
}
