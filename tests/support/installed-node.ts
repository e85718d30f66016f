/** A node that a test plays itself in a whole installation: it takes offers and makes nothing by itself. */
import { createFakeNode, type FakeNode } from './fake-node.ts'
import type { Installation } from './installation.ts'

/** Resolves once the node has been welcomed and the event takes visitors. */
export const playNode = async (installation: Installation, nodeId = 'node-1'): Promise<FakeNode> => {
  const { url, eventId } = installation
  const node = await createFakeNode({ url, eventId, nodeId, token: await installation.issueToken('node', nodeId) })
  const welcome = await node.hello()
  if (!welcome.ok) throw new Error(`the node was refused: ${welcome.code}`)
  await node.ready()
  return node
}
