/** The QR code of a pickup page, as a phone reads it from a terminal. */
import QRCode from 'qrcode'

export const terminalCode = (address: string): Promise<string> =>
  QRCode.toString(address, { type: 'terminal', small: true, errorCorrectionLevel: 'M' })
