/** The little of node-webcam that is used; the package brings no types. */
declare module 'node-webcam' {
  type WebcamOptions = {
    device: string
    width: number
    height: number
    output: 'jpeg'
    quality: number
    delay: number
    skip: number
    frames: number
    callbackReturn: 'location'
    saveShots: boolean
    verbose: boolean
  }
  type Webcam = { capture(path: string, done: (error: unknown, path?: string) => void): void }
  const webcam: { create(options: WebcamOptions): Webcam }
  export = webcam
}
