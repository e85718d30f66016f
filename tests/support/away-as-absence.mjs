/** Loaded before a process of ours (`node --import`): a server that nobody reaches by HTTP seems to answer that there is no such thing. */
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { Readable } from 'node:stream'

const notThere = () => Object.assign(Readable.from([]), { statusCode: 404, headers: {} })
const real = http.request
http.request = (...given) => {
  const sent = real(...given)
  const emit = sent.emit.bind(sent)
  sent.emit = (name, ...rest) =>
    name === 'error' && rest[0]?.code === 'ECONNREFUSED' ? emit('response', notThere()) : emit(name, ...rest)
  return sent
}
syncBuiltinESMExports()
