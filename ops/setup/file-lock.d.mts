/** Takes the lock at `path`, or says which process holds it; `foundDead` hears of a dead holder before it is succeeded. */
export declare const tryLock: (path: string, foundDead?: () => void) => { release(): void } | { holder: number }
