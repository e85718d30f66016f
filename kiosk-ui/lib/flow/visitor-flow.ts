/**
 * The visitor's way through the kiosk, as a pure machine: attract, language, consent, world, name, frame, record,
 * review, pickup, goodbye. Each step has a way back and a patience; beside the steps an idle watch asks "still there?"
 * and resets. Cameras, clips and sockets are effects of the screens; the machine only remembers and decides.
 */
import { CLIP_CODES, type Language, type VisitState } from '@fanreel/protocol'
import { assign, not, raise, setup, stateIn } from 'xstate'
import { FLOW_MS, type FlowContext, type FlowEvent, FORGOTTEN } from './flow-types.ts'

const clipCodes: ReadonlySet<string> = new Set(CLIP_CODES)
type Step = keyof typeof FLOW_MS.PATIENCE
/** States in which the orchestrator still waits for the clip, or was told by this kiosk that none will come. */
const NOT_YET_TAKEN: ReadonlySet<VisitState> = new Set(['started', 'recorded', 'uploading', 'cancelled'])

/** Whether the visitor may record again for the film they were promised. */
export const mayRecordAgain = ({ view, stuckBy }: FlowContext): boolean =>
  view ? view.state === 'failed' || (stuckBy !== undefined && NOT_YET_TAKEN.has(view.state)) : stuckBy !== undefined
/** Whether the clip was refused, so that the visitor, not the machine, can mend it. */
export const isClipRefused = (context: FlowContext): boolean =>
  mayRecordAgain(context) && clipCodes.has(context.view?.code ?? context.stuckBy ?? '')
/** How many recordings the visitor may still make; a refused clip does not count against them. */
export const takesLeft = (context: FlowContext): number => Math.max(0, context.maxTakes - context.takes)

const flow = setup({
  types: { context: {} as FlowContext, events: {} as FlowEvent, input: {} as { language: Language } },
  actions: {
    /** Deletes the recording that was not sent. Provided by the kiosk. */
    discardTake: () => undefined,
    forget: assign(({ context }) => ({ ...FORGOTTEN, language: context.homeLanguage })),
    speak: assign(({ event }) => (event.type === 'LANGUAGE' ? { language: event.language } : {})),
    forgetTake: assign({ take: undefined, unfit: undefined }),
    /** A visit that was called off takes no clip any more: the next recording begins one of its own, with a code of its own. */
    leaveWhatIsOver: assign(({ context: { view } }) =>
      view?.state === 'cancelled' ? { keys: undefined, view: undefined, pastSeq: -1, stuckBy: undefined } : {},
    ),
    takeTheReins: assign({ handsFree: false }),
    setPatience: assign((_, { step }: { step: Step }) => ({ patienceMs: FLOW_MS.PATIENCE[step] })),
    /** A step was taken: whoever took it is here, whatever was asked. */
    stir: raise({ type: 'MOVED' }),
  },
  guards: {
    admitted: ({ context }) => context.admission.open,
    /** Nothing need be told first: who touches their language may begin in it. */
    admittedAtOnce: ({ context: { admission } }) => admission.open && (admission.waitMs ?? 0) < FLOW_MS.LONG_WAIT,
    mayRetake: ({ context }) => takesLeft(context) > 0 || context.unfit !== undefined,
    mayRecordAgain: ({ context }) => mayRecordAgain(context),
    beyondConsent: not(stateIn({ visit: { step: 'consent' } })),
    wasSent: ({ context }) => context.keys !== undefined,
    /** Ours, and about the present recording: the refusal of an earlier one is old news. */
    isOurs: ({ context, event }) =>
      event.type === 'VIEW' && event.view.visitId === context.keys?.visitId && event.view.seq > context.pastSeq,
  },
  delays: {
    patience: ({ context }) => context.patienceMs,
    ask: FLOW_MS.ASK,
    takeLimit: FLOW_MS.TAKE_LIMIT,
    goodbye: FLOW_MS.GOODBYE,
    refused: FLOW_MS.REFUSED,
    firstTouch: FLOW_MS.FIRST_TOUCH,
  },
})

const waitsLike = (step: Step) => [{ type: 'setPatience', params: { step } }, 'stir'] as const

export const visitorFlow = flow.createMachine({
  id: 'kiosk',
  context: ({ input }) => ({
    ...FORGOTTEN,
    language: input.language,
    homeLanguage: input.language,
    admission: { open: false, reason: 'connecting' },
    maxTakes: 1,
    patienceMs: FLOW_MS.PATIENCE.language,
  }),
  initial: 'attract',
  on: {
    ADMISSION: { actions: assign(({ event }) => ({ admission: event.admission, maxTakes: event.maxTakes })) },
    LANGUAGE: { actions: 'speak' },
  },
  states: {
    attract: {
      entry: 'forget',
      on: {
        TOUCH: { guard: 'admitted', target: 'visit' },
        LANGUAGE: [
          { guard: 'admittedAtOnce', target: ['#kiosk.visit.step.consent', '#kiosk.visit.idle.passing'], actions: 'speak' },
          { target: '.foreign', reenter: false, actions: 'speak' },
        ],
      },
      initial: 'home',
      states: {
        home: {},
        /** What keeps a visitor waiting is read in their own language. */
        foreign: {
          after: { [FLOW_MS.PASSER_BY]: { target: 'home', actions: 'forget' } },
        },
      },
    },

    visit: {
      type: 'parallel',
      on: { START_OVER: 'attract' },
      exit: ['discardTake', 'forgetTake'],
      states: {
        step: {
          initial: 'language',
          states: {
            language: {
              entry: waitsLike('language'),
              on: {
                LANGUAGE: { target: 'consent', actions: 'speak' },
                BACK: '#kiosk.attract',
              },
            },
            consent: {
              entry: waitsLike('consent'),
              on: {
                AGREE: { target: 'world', actions: assign({ consent: ({ event }) => event.consent }) },
                REFUSE: '#kiosk.refused',
                BACK: 'language',
              },
            },
            world: {
              entry: waitsLike('world'),
              on: { CHOOSE: { target: 'name', actions: assign({ pack: ({ event }) => event.pack }) }, BACK: 'consent' },
            },
            name: {
              entry: waitsLike('name'),
              on: { NAME: { target: 'studio', actions: assign({ firstName: ({ event }) => event.firstName }) }, BACK: 'world' },
            },
            /** The camera is open in this state and in no other. */
            studio: {
              entry: 'stir',
              initial: 'opening',
              states: {
                opening: {
                  // No camera that comes and goes may keep the kiosk awake: hands alone do.
                  entry: [assign({ cameraFault: undefined }), { type: 'setPatience', params: { step: 'frame' } }],
                  after: { [FLOW_MS.OPENING]: { target: 'fault', actions: assign({ cameraFault: 'unknown' }) } },
                  on: { CAMERA_READY: 'framing', BACK: 'leaving' },
                },
                framing: {
                  on: { READY: 'countdown', BACK: 'leaving' },
                },
                countdown: {
                  entry: 'stir',
                  after: { [FLOW_MS.COUNTDOWN]: 'rolling' },
                  on: { CANCEL: { target: 'framing', actions: ['takeTheReins', 'stir'] }, STEPPED_OUT: 'framing' },
                },
                rolling: {
                  entry: 'stir',
                  after: { takeLimit: { target: 'fault', actions: assign({ cameraFault: 'recorder' }) } },
                  on: {
                    RECORDED: {
                      target: '#kiosk.visit.step.review',
                      // As with a clip that the node refused: whoever is told to record again has not used a take up.
                      actions: assign(({ context, event: { take, unfit } }) => ({
                        take,
                        unfit,
                        takes: context.takes + (unfit ? 0 : 1),
                      })),
                    },
                    CANCEL: { target: 'framing', actions: ['takeTheReins', 'stir'] },
                  },
                },
                fault: {
                  on: {
                    RETRY: [
                      { guard: ({ event }) => event.byItself === true, target: 'opening' },
                      { target: 'opening', actions: 'stir' },
                    ],
                    BACK: 'leaving',
                  },
                },
                /** Back to the name, or to the code where this visit has one. */
                leaving: {
                  always: [{ guard: 'wasSent', target: '#kiosk.visit.step.pickup' }, { target: '#kiosk.visit.step.name' }],
                },
              },
              on: { CAMERA_FAULT: { target: '.fault', actions: assign({ cameraFault: ({ event }) => event.fault }) } },
            },
            review: {
              entry: waitsLike('review'),
              on: {
                RETAKE: { guard: 'mayRetake', target: 'studio', actions: ['discardTake', 'forgetTake'] },
                // The take belongs to the outbox from here on: nothing of it is the flow's to discard.
                SEND: {
                  target: 'pickup',
                  actions: [
                    assign(({ context, event }) => ({
                      keys: event.keys,
                      view: undefined,
                      pastSeq: context.view?.seq ?? context.pastSeq,
                      stuckBy: undefined,
                    })),
                    'forgetTake',
                  ],
                },
              },
            },
            pickup: {
              entry: waitsLike('pickup'),
              on: {
                VIEW: { guard: 'isOurs', actions: assign({ view: ({ event }) => event.view }) },
                STUCK: { actions: assign({ stuckBy: ({ event }) => event.code }) },
                AGAIN: { guard: 'mayRecordAgain', target: 'studio', actions: [assign({ takes: 0 }), 'leaveWhatIsOver'] },
                DONE: '#kiosk.goodbye',
              },
            },
          },
        },
        idle: {
          initial: 'awake',
          states: {
            /** A language was touched, maybe by somebody who walked on: until a second touch the flow asks sooner. */
            passing: {
              after: { firstTouch: 'asking' },
              // The consent's own coming is no touch; any step beyond it is.
              on: { ACTIVITY: 'awake', MOVED: { guard: 'beyondConsent', target: 'awake' } },
            },
            awake: {
              after: { patience: 'asking' },
              on: { ACTIVITY: { target: 'awake', reenter: true }, MOVED: { target: 'awake', reenter: true } },
            },
            asking: {
              after: { ask: '#kiosk.attract' },
              // Whoever asks for their language is there.
              on: { STAY: 'awake', MOVED: 'awake', LANGUAGE: { target: 'awake', actions: 'speak' } },
            },
          },
        },
      },
    },

    // Whoever reaches for another language has the whole time again, to choose it and to read in it.
    goodbye: {
      after: { goodbye: 'attract' },
      on: {
        TOUCH: 'attract',
        ACTIVITY: { target: 'goodbye', reenter: true },
        LANGUAGE: { target: 'goodbye', reenter: true, actions: 'speak' },
      },
    },
    refused: {
      after: { refused: 'attract' },
      on: {
        TOUCH: 'attract',
        ACTIVITY: { target: 'refused', reenter: true },
        LANGUAGE: { target: 'refused', reenter: true, actions: 'speak' },
      },
    },
  },
})
