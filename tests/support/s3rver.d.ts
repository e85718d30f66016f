/** What we use of the S3 server that tests run against; it brings no types. */
declare module '@20minutes/s3rver' {
  import type { RequestListener } from 'node:http'
  // biome-ignore lint/style/noDefaultExport: the package's own
  export default class S3rver {
    constructor(options: {
      silent: boolean
      directory: string
      vhostBuckets: boolean
      configureBuckets: { name: string; configs: string[] }[]
    })
    configureBuckets(): Promise<unknown>
    callback(): RequestListener
  }
}
