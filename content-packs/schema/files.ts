/** Which files a pack names: asked by all who check, publish, fetch or use one, so that none is forgotten by anybody. */
import type { Pack } from './index.ts'

const unique = (names: readonly string[]): string[] => [...new Set(names)]

/** Every picture that shots are drawn from, as relative paths, each once. */
export const pictureFilesOf = ({ plates, views }: Pick<Pack, 'plates' | 'views'>): string[] =>
  unique([
    ...plates.flatMap((plate) => [plate.file, ...plate.layers.map((layer) => layer.file)]),
    ...views.flatMap((view) => (view.occluder ? [view.occluder.file] : [])),
  ])

/** Every file that a film is made of, each once. */
export const filmFilesOf = (pack: Pack): string[] =>
  unique([...pictureFilesOf(pack), ...Object.values(pack.music.stems), ...Object.values(pack.sounds)])

/** Every file a pack names, each once. */
export const filesOf = (pack: Pack): string[] =>
  unique([...filmFilesOf(pack), ...Object.values(pack.preview).filter((path) => path !== undefined)])
