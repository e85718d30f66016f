/**
 * Loaded into each Node process of the demo before its own code: when the demo is gone, however it went, the channel to it
 * closes and the process stops itself as if it had been asked to.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
