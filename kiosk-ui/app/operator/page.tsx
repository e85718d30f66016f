/** The operators' floor. Where the orchestrator is comes from this server's environment; who may look, from a token. */
import { OperatorApp } from '../../components/operator/operator-app.tsx'

export const dynamic = 'force-dynamic'

const Page = () => (
  <OperatorApp orchestratorUrl={process.env.FANREEL_ORCHESTRATOR_URL ?? ''} eventId={process.env.FANREEL_EVENT_ID ?? ''} />
)
export default Page
