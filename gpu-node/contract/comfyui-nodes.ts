/**
 * The nodes that our contract server knows, as `/object_info` describes them: names and inputs as in ComfyUI v0.3.64
 * (nodes.py, comfy_extras/nodes_wan.py, nodes_video.py), with the model files of a server set up for our workflows.
 */

type Declared = readonly [string | readonly string[], Record<string, unknown>?]
export type NodeInfo = {
  input: { required: Record<string, Declared>; optional?: Record<string, Declared> }
  output: readonly string[]
  name: string
  display_name: string
  category: string
  output_node: boolean
}

const int = (more: Record<string, unknown> = {}): Declared => ['INT', more]
const float = (more: Record<string, unknown> = {}): Declared => ['FLOAT', more]
const link = (kind: string): Declared => [kind]
const SAMPLERS: Declared = [['euler', 'uni_pc', 'dpmpp_2m']]
const SCHEDULERS: Declared = [['simple', 'normal', 'beta']]

/** Model files of a server that has all that our workflows ask for. */
const FILES = {
  unet: [
    'wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors',
    'wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors',
    'wan2.2_ti2v_5B_fp16.safetensors',
  ],
  lora: ['wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors', 'wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors'],
  clip: ['umt5_xxl_fp8_e4m3fn_scaled.safetensors'],
  vae: ['wan_2.1_vae.safetensors', 'wan2.2_vae.safetensors'],
} as const

const node = (
  name: string,
  category: string,
  output: readonly string[],
  required: NodeInfo['input']['required'],
  optional?: NodeInfo['input']['required'],
): [string, NodeInfo] => [
  name,
  {
    input: { required, ...(optional && { optional }) },
    output,
    name,
    display_name: name,
    category,
    output_node: name === 'SaveVideo',
  },
]

export const NODES: Readonly<Record<string, NodeInfo>> = Object.fromEntries([
  node('LoadImage', 'image', ['IMAGE', 'MASK'], { image: [[], { image_upload: true }] }),
  node('ImageScale', 'image/upscaling', ['IMAGE'], {
    image: link('IMAGE'),
    upscale_method: [['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']],
    width: int({ default: 512, min: 0, max: 16_384 }),
    height: int({ default: 512, min: 0, max: 16_384 }),
    crop: [['disabled', 'center']],
  }),
  node('RepeatImageBatch', 'image/batch', ['IMAGE'], {
    image: link('IMAGE'),
    amount: int({ default: 1, min: 1, max: 4_096 }),
  }),
  node(
    'CreateVideo',
    'image/video',
    ['VIDEO'],
    { images: link('IMAGE'), fps: float({ default: 30, min: 1, max: 120 }) },
    { audio: link('AUDIO') },
  ),
  // Newer builds declare lists like this.
  node('SaveVideo', 'image/video', [], {
    video: link('VIDEO'),
    filename_prefix: ['STRING', { default: 'video/ComfyUI' }],
    format: ['COMBO', { options: ['auto', 'mp4'] }],
    codec: ['COMBO', { options: ['auto', 'h264'] }],
  }),
  node('UNETLoader', 'advanced/loaders', ['MODEL'], {
    unet_name: [FILES.unet],
    weight_dtype: [['default', 'fp8_e4m3fn', 'fp8_e5m2']],
  }),
  node('LoraLoaderModelOnly', 'loaders', ['MODEL'], {
    model: link('MODEL'),
    lora_name: [FILES.lora],
    strength_model: float({ default: 1 }),
  }),
  node('ModelSamplingSD3', 'advanced/model', ['MODEL'], { model: link('MODEL'), shift: float({ default: 3 }) }),
  node(
    'CLIPLoader',
    'advanced/loaders',
    ['CLIP'],
    { clip_name: [FILES.clip], type: [['wan', 'sd3']] },
    { device: [['default', 'cpu']] },
  ),
  node('VAELoader', 'loaders', ['VAE'], { vae_name: [FILES.vae] }),
  node('CLIPTextEncode', 'conditioning', ['CONDITIONING'], { text: ['STRING', { multiline: true }], clip: link('CLIP') }),
  node(
    'WanImageToVideo',
    'conditioning/video_models',
    ['CONDITIONING', 'CONDITIONING', 'LATENT'],
    {
      positive: link('CONDITIONING'),
      negative: link('CONDITIONING'),
      vae: link('VAE'),
      width: int({ default: 832, step: 16 }),
      height: int({ default: 480, step: 16 }),
      length: int({ default: 81, step: 4 }),
      batch_size: int({ default: 1 }),
    },
    { clip_vision_output: link('CLIP_VISION_OUTPUT'), start_image: link('IMAGE') },
  ),
  node(
    'Wan22ImageToVideoLatent',
    'conditioning/inpaint',
    ['LATENT'],
    {
      vae: link('VAE'),
      width: int({ default: 1280, step: 32 }),
      height: int({ default: 704, step: 32 }),
      length: int({ default: 49, step: 4 }),
      batch_size: int({ default: 1 }),
    },
    { start_image: link('IMAGE') },
  ),
  node('KSampler', 'sampling', ['LATENT'], {
    model: link('MODEL'),
    seed: int(),
    steps: int({ default: 20 }),
    cfg: float({ default: 8 }),
    sampler_name: SAMPLERS,
    scheduler: SCHEDULERS,
    positive: link('CONDITIONING'),
    negative: link('CONDITIONING'),
    latent_image: link('LATENT'),
    denoise: float({ default: 1 }),
  }),
  node('KSamplerAdvanced', 'sampling', ['LATENT'], {
    model: link('MODEL'),
    add_noise: [['enable', 'disable']],
    noise_seed: int(),
    steps: int({ default: 20 }),
    cfg: float({ default: 8 }),
    sampler_name: SAMPLERS,
    scheduler: SCHEDULERS,
    positive: link('CONDITIONING'),
    negative: link('CONDITIONING'),
    latent_image: link('LATENT'),
    start_at_step: int(),
    end_at_step: int(),
    return_with_leftover_noise: [['disable', 'enable']],
  }),
  node('VAEDecode', 'latent', ['IMAGE'], { samples: link('LATENT'), vae: link('VAE') }),
])
