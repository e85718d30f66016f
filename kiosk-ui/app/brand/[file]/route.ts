/** The event's logo and background, as its brand.json names them, and no other file. */
import { readBrandPicture } from '../../../lib/brand/read-brand.ts'

export const dynamic = 'force-dynamic'

export const GET = async (_: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> => {
  const picture = await readBrandPicture((await params).file)
  if (!picture) return new Response(null, { status: 404 })
  const headers = {
    'content-type': picture.mime,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    // A drawing that is opened on its own runs nothing.
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
  }
  return new Response(picture.bytes, { headers })
}
