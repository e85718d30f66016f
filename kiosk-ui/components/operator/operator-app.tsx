'use client'
export const OperatorApp = (_: { orchestratorUrl: string; eventId: string }) => null
