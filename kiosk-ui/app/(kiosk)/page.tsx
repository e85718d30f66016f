/** The visitor's screens. */
import { KioskApp } from '../../components/kiosk/kiosk-app.tsx'

const Page = () => <KioskApp />
export default Page
