/**
 * Loaded into each Node process of the demo before its own code: when the demo is gone, however it went, the channel to it
 * closes and the process stops itself as if it had been asked to. A process that such a process starts inherits the loading
 * but has another parent: it has channels of its own, which mean nothing here.
 */
if (process.ppid === Number(process.env.FANREEL_DEMO_PID)) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}
